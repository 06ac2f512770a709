/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tls_names - versions, alerts and weak cipher suites by the numbers of the IANA
 * registry "Transport Layer Security (TLS) Parameters".
 */
#include "tls/tls.h"

const char *
tls_version_name(uint16_t v)
{
	switch (v) {
	case TLS_SSL2:
		return "SSL 2.0";
	case TLS_SSL3:
		return "SSL 3.0";
	case TLS_1_0:
		return "TLS 1.0";
	case TLS_1_1:
		return "TLS 1.1";
	case TLS_1_2:
		return "TLS 1.2";
	case TLS_1_3:
		return "TLS 1.3";
	default:
		return "an unknown version";
	}
}

const char *
tls_alert_name(uint8_t description)
{
	static const struct {
		uint8_t number;
		const char *name;
	} names[] = { { 0, "close_notify" }, { 10, "unexpected_message" }, { 20, "bad_record_mac" },
		{ 21, "decryption_failed" }, { 22, "record_overflow" },
		{ 30, "decompression_failure" }, { 40, "handshake_failure" },
		{ 41, "no_certificate" }, { 42, "bad_certificate" },
		{ 43, "unsupported_certificate" }, { 44, "certificate_revoked" },
		{ 45, "certificate_expired" }, { 46, "certificate_unknown" },
		{ 47, "illegal_parameter" }, { 48, "unknown_ca" }, { 49, "access_denied" },
		{ 50, "decode_error" }, { 51, "decrypt_error" }, { 60, "export_restriction" },
		{ 70, "protocol_version" }, { 71, "insufficient_security" },
		{ 80, "internal_error" }, { 86, "inappropriate_fallback" }, { 90, "user_canceled" },
		{ 100, "no_renegotiation" }, { 109, "missing_extension" },
		{ 110, "unsupported_extension" }, { 112, "unrecognized_name" },
		{ 113, "bad_certificate_status_response" }, { 115, "unknown_psk_identity" },
		{ 116, "certificate_required" }, { 120, "no_application_protocol" } };
	size_t i;

	for (i = 0; i < sizeof names / sizeof names[0]; i++)
		if (names[i].number == description)
			return names[i].name;
	return "an alert without a name";
}

const char *
tls_cipher_weakness(uint16_t suite)
{
	/* The first row that fits wins: what is worse comes first. */
	static const struct {
		uint16_t from, to;
		const char *what;
	} rows[] = { { 0x0000, 0x0002, "no encryption" }, { 0x002c, 0x002e, "no encryption" },
		{ 0x003b, 0x003b, "no encryption" }, { 0x00b0, 0x00b1, "no encryption" },
		{ 0x00b4, 0x00b5, "no encryption" }, { 0x00b8, 0x00b9, "no encryption" },
		{ 0xc001, 0xc001, "no encryption" }, { 0xc006, 0xc006, "no encryption" },
		{ 0xc00b, 0xc00b, "no encryption" }, { 0xc010, 0xc010, "no encryption" },
		{ 0xc015, 0xc015, "no encryption" }, { 0xc039, 0xc03b, "no encryption" },
		{ 0x0003, 0x0003, "export grade" }, { 0x0006, 0x0006, "export grade" },
		{ 0x0008, 0x0008, "export grade" }, { 0x000b, 0x000b, "export grade" },
		{ 0x000e, 0x000e, "export grade" }, { 0x0011, 0x0011, "export grade" },
		{ 0x0014, 0x0014, "export grade" }, { 0x0017, 0x0017, "export grade" },
		{ 0x0019, 0x0019, "export grade" }, { 0x0026, 0x002b, "export grade" },
		{ 0x0060, 0x0065, "export grade" }, { 0x0004, 0x0005, "RC4" },
		{ 0x0018, 0x0018, "RC4" }, { 0x0020, 0x0020, "RC4" }, { 0x0024, 0x0024, "RC4" },
		{ 0x0066, 0x0066, "RC4" }, { 0x008a, 0x008a, "RC4" }, { 0x008e, 0x008e, "RC4" },
		{ 0x0092, 0x0092, "RC4" }, { 0xc002, 0xc002, "RC4" }, { 0xc007, 0xc007, "RC4" },
		{ 0xc00c, 0xc00c, "RC4" }, { 0xc011, 0xc011, "RC4" }, { 0xc016, 0xc016, "RC4" },
		{ 0xc033, 0xc033, "RC4" }, { 0x0009, 0x0009, "single DES" },
		{ 0x000c, 0x000c, "single DES" }, { 0x000f, 0x000f, "single DES" },
		{ 0x0012, 0x0012, "single DES" }, { 0x0015, 0x0015, "single DES" },
		{ 0x001a, 0x001a, "single DES" }, { 0x001e, 0x001e, "single DES" },
		{ 0x0022, 0x0022, "single DES" }, { 0x001b, 0x001b, "anonymous" },
		{ 0x0034, 0x0034, "anonymous" }, { 0x003a, 0x003a, "anonymous" },
		{ 0x0046, 0x0046, "anonymous" }, { 0x006c, 0x006d, "anonymous" },
		{ 0x0089, 0x0089, "anonymous" }, { 0x009b, 0x009b, "anonymous" },
		{ 0x00a6, 0x00a7, "anonymous" }, { 0x00bf, 0x00bf, "anonymous" },
		{ 0x00c5, 0x00c5, "anonymous" }, { 0xc017, 0xc019, "anonymous" } };
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (suite >= rows[i].from && suite <= rows[i].to)
			return rows[i].what;
	return NULL;
}
