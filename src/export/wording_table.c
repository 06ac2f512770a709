/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * wording_table - the words that stay: of the protocol, of HTTP and other
 * protocols that turn up on its ports, and of what servers say to everybody.
 *
 * Sorted, so that they can be searched; tests/unit/test_wording.c proves the order.
 * Whatever a check looks for in a text has to be here.
 */
#include "export/wording_table.h"

/* clang-format off */
static const char *const words[] = {
	"7bit", "8bitmime", "a", "abort", "aborted", "above", "accept", "acceptable", "accepted",
	"access", "account", "action", "active", "addr", "address", "addresses", "administrative",
	"after", "again", "agent", "ago", "alive", "all", "allowed", "already", "alt", "am", "amqp",
	"an", "and", "anonymous", "another", "any", "apr", "are", "aren", "argument", "arguments",
	"as", "ascii", "at", "atrn", "attempt", "attempts", "aug", "auth", "authenticate",
	"authenticated", "authentication", "authorization", "authorize", "authorized", "autocrypt",
	"available", "bad", "bare", "basic", "bdat", "be", "because", "been", "before", "begin",
	"below", "between", "big", "binarymime", "blacklist", "blacklisted", "blocked", "body",
	"both", "break", "buffer", "bulk", "burl", "busy", "but", "by", "bye", "can", "cannot",
	"capabilities", "capability", "cf", "challenge", "channel", "check", "checked", "checkpoint",
	"chunk", "chunking", "clean", "client", "close", "closed", "closing", "code", "command",
	"commands", "completed", "completion", "configuration", "configured", "connect",
	"connection", "connections", "conneg", "conperm", "content", "continue", "cookie", "could",
	"cr", "cram", "crlf", "daemon", "dane", "data", "day", "dec", "deferred", "delay", "delayed",
	"delete", "deliver", "deliverby", "delivered", "delivery", "denied", "deprecated",
	"destaddr", "destination", "destport", "detected", "didn", "digest", "disabled", "discarded",
	"disconnect", "disconnecting", "dkim", "dmarc", "dns", "dnsbl", "do", "does", "doesn",
	"domain", "don", "dot", "down", "dsn", "duplicate", "during", "each", "early", "ehlo",
	"empty", "enabled", "encoding", "encrypted", "encryption", "end", "enhancedstatuscodes",
	"enter", "envelope", "envid", "error", "errors", "esmtp", "etrn", "every", "exceeded",
	"exceeds", "exist", "expected", "expn", "external", "failed", "failure", "false", "far",
	"fast", "fatal", "few", "file", "filter", "finished", "first", "flush", "flushed", "folder",
	"follows", "for", "format", "forward", "found", "fri", "from", "ftp", "full",
	"futurerelease", "get", "gmt", "go", "goodbye", "gray", "graylist", "graylisted",
	"graylisting", "greeting", "greetings", "greets", "grey", "greylist", "greylisted",
	"greylisting", "group", "gs2", "gssapi", "has", "have", "hdrs", "he", "head", "headers",
	"hello", "helo", "help", "here", "hold", "holdfor", "holduntil", "host", "hour", "hours",
	"http", "i", "id", "ident", "idle", "if", "imap", "in", "inactive", "incomplete",
	"incorrect", "infected", "input", "insufficient", "intermediate", "internal",
	"internationalized", "into", "introduce", "invalid", "ip4", "ip6", "ipv4", "ipv6", "is",
	"isn", "it", "jul", "jun", "keep", "kerberos", "known", "krb", "lacks", "large", "last",
	"later", "length", "less", "lf", "lhlo", "limit", "limited", "limits", "line", "lines",
	"list", "listed", "lmtp", "load", "local", "localdomain", "localhost", "lock", "locked",
	"login", "long", "lookup", "loop", "lost", "mail", "mailbox", "mailboxes", "maildrop",
	"mailmax", "many", "mar", "max", "maximum", "may", "md5", "me", "mechanism", "meet",
	"memory", "message", "messages", "method", "might", "mime", "minute", "minutes", "missing",
	"mon", "more", "moved", "msg", "mt", "mtrk", "must", "mx", "name", "need", "needed",
	"negative", "nested", "network", "never", "new", "next", "no", "nonce", "none",
	"nonexistent", "noop", "not", "notify", "nov", "now", "ntlm", "null", "oauthbearer",
	"obsolete", "oct", "octet", "octets", "of", "off", "ok", "okay", "on", "once", "one", "only",
	"onto", "open", "options", "or", "orcpt", "origin", "originator", "other", "otp", "our",
	"out", "over", "overquota", "own", "parameter", "parameters", "part", "pass", "password",
	"path", "per", "perhaps", "permanent", "permission", "permitted", "pipeconnect", "pipeline",
	"pipelined", "pipelining", "plain", "please", "pleased", "plus", "pm", "policy", "pop3",
	"port", "positive", "post", "postgrey", "postmaster", "prdr", "preauth", "present",
	"priority", "problem", "proceed", "processing", "proto", "protocol", "proxy", "ptr", "put",
	"quarantined", "query", "queue", "queued", "quit", "quota", "rate", "rbl", "rcpt",
	"rcptdomainmax", "rcptmax", "reached", "read", "ready", "reason", "received", "recipient",
	"recipients", "record", "referer", "refused", "rejected", "relay", "relayed", "relaying",
	"remote", "reply", "reputation", "request", "requested", "require", "required", "requires",
	"requiretls", "reset", "resources", "response", "restart", "restricted", "ret", "retry",
	"reverse", "rfb", "rfc", "rfc822", "route", "rrvs", "rset", "rule", "rules", "s", "same",
	"saml", "sat", "scanned", "scram", "second", "seconds", "security", "see", "send", "sender",
	"sending", "sent", "sep", "sequence", "server", "service", "session", "sha", "sha1",
	"should", "shutdown", "shutting", "signal", "since", "size", "skey", "slow", "smtp", "smtps",
	"smtputf8", "so", "solicit", "soliciting", "some", "soml", "soon", "source", "space", "spam",
	"spf", "srp", "ssh", "start", "starting", "starttls", "status", "still", "storage", "stored",
	"stray", "submission", "submitter", "submitters", "success", "successful", "such", "sun",
	"support", "supported", "suspended", "suspicious", "synchronisation", "synchronization",
	"synchronize", "syntax", "system", "t", "tag", "tcp", "tcp4", "tcp6", "tempfail",
	"temporarily", "temporary", "terminated", "text", "than", "that", "the", "their", "them",
	"then", "there", "these", "they", "this", "those", "thu", "thus", "time", "timed", "timeout",
	"timestamp", "tls", "to", "too", "trace", "transaction", "transfer", "transmission",
	"transport", "tried", "true", "try", "trying", "tue", "turn", "type", "ugfzc3dvcmq6",
	"unable", "unavailable", "under", "unexpected", "unimplemented", "unknown", "unlimited",
	"unrecognized", "unsolicited", "until", "up", "upon", "us", "usage", "use", "user",
	"username", "users", "utc", "utf", "valid", "ver", "verb", "verification", "verify", "verp",
	"version", "very", "via", "virus", "vrfy", "vxnlcm5hbwu6", "wait", "waiting", "was", "we",
	"wed", "welcome", "what", "when", "where", "which", "while", "who", "will", "with", "within",
	"without", "won", "would", "wrong", "x", "xanonymoustls", "xclient", "xexch50", "xexps",
	"xforward", "xlink2state", "xlmtp", "xml", "xoauth2", "xverp", "yes", "you", "your",
	"yourself"
};
/* clang-format on */

const char *const *
wording_table(size_t *n)
{
	*n = sizeof words / sizeof words[0];
	return words;
}
