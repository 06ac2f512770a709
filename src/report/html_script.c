/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * html_script - the one script of the HTML report: a click on the head of a column
 * sorts its table, another one the other way round.
 *
 * The page says everything without it.  The policy names the script by its digest, so
 * that a browser runs these octets and no others; tests/report.py computes it anew, and
 * says what has to stand here after a change.
 */
#include "report/html.h"

/* SHA-256 of html_script[], in base64. */
const char html_script_digest[] = "9w4e3IqgZll+9SD7TjhyOe6Fl9Q/PrLTQh/yDTTlt/c=";

const char html_script[] =
    "\"use strict\";\n"
    "for (const table of document.querySelectorAll(\"table\")) {\n"
    "\tconst body = table.tBodies[0], grade = { note: 0, warning: 1, error: 2 };\n"
    "\tif (!body || body.rows.length < 2) continue;\n"
    "\tconst value = (row, i) => {\n"
    "\t\tconst text = row.cells[i].textContent.trim(), word = text.split(\",\")[0];\n"
    "\t\tif (word in grade) return grade[word];\n"
    "\t\treturn /^[\\d,.]+$/.test(text) ? Number(text.replace(/,/g, \"\")) : text;\n"
    "\t};\n"
    "\t[...table.tHead.rows[0].cells].forEach((head, i) => {\n"
    "\t\tconst button = document.createElement(\"button\");\n"
    "\t\tbutton.type = \"button\";\n"
    "\t\tbutton.append(...head.childNodes);\n"
    "\t\thead.append(button);\n"
    "\t\tbutton.onclick = () => {\n"
    "\t\t\tconst sign = head.getAttribute(\"aria-sort\") === \"ascending\" ? -1 : 1;\n"
    "\t\t\tfor (const other of head.parentNode.cells) other.removeAttribute(\"aria-sort\");\n"
    "\t\t\thead.setAttribute(\"aria-sort\", sign > 0 ? \"ascending\" : \"descending\");\n"
    "\t\t\tbody.append(...[...body.rows].sort((a, b) => {\n"
    "\t\t\t\tconst x = value(a, i), y = value(b, i);\n"
    "\t\t\t\tconst both = typeof x === \"number\" && typeof y === \"number\";\n"
    "\t\t\t\treturn sign * (both ? x - y : String(x).localeCompare(String(y), \"en\"));\n"
    "\t\t\t}));\n"
    "\t\t};\n"
    "\t});\n"
    "}\n";
