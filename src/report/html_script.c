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
const char html_script_digest[] = "88Wj9SnjDJGFN4LUYDl5ivWX1oyMjZTQrribzaAy2A8=";

const char html_script[] =
    "\"use strict\";\n"
    "for (const table of document.querySelectorAll(\"table\")) {\n"
    " const body = table.tBodies[0], grade = { note: 0, warning: 1, error: 2 };\n"
    " if (!body || body.rows.length < 2) continue;\n"
    " const value = (row, i) => {\n"
    "  const text = row.cells[i].textContent.trim(), word = text.split(\",\")[0];\n"
    "  if (word in grade) return grade[word];\n"
    "  return /^[\\d,.]+$/.test(text) ? Number(text.replace(/,/g, \"\")) : text;\n"
    " };\n"
    " [...table.tHead.rows[0].cells].forEach((head, i) => {\n"
    "  const button = document.createElement(\"button\");\n"
    "  button.type = \"button\";\n"
    "  button.append(...head.childNodes);\n"
    "  head.append(button);\n"
    "  button.onclick = () => {\n"
    "   const sign = head.getAttribute(\"aria-sort\") === \"ascending\" ? -1 : 1;\n"
    "   for (const other of head.parentNode.cells) other.removeAttribute(\"aria-sort\");\n"
    "   head.setAttribute(\"aria-sort\", sign > 0 ? \"ascending\" : \"descending\");\n"
    "   body.append(...[...body.rows].sort((a, b) => {\n"
    "    const x = value(a, i), y = value(b, i);\n"
    "    const both = typeof x === \"number\" && typeof y === \"number\";\n"
    "    return sign * (both ? x - y : String(x).localeCompare(String(y), \"en\"));\n"
    "   }));\n"
    "  };\n"
    " });\n"
    "}\n";
