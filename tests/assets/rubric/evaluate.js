// SPDX-FileCopyrightText: 2026 Adseal contributors
// SPDX-License-Identifier: Apache-2.0
//
// Evaluates one C2PA asset rubric over one crJSON document.
// stdin:  {"variables": {...}, "expressions": {name: formula}, "rules": [...], "document": {...}, "globals": {...}}
// stdout: [{"id", "passed", "matches"}] in the order of the rules
import { readFileSync } from 'node:fs';
import JsonFormula, { dataTypes } from '@adobe/json-formula';

const { variables, expressions, rules, document, globals } = JSON.parse(readFileSync(0, 'utf8'));
const shared = { ...variables, ...globals, $args: [] };
const functions = {};
const run = (formula, extra = {}) =>
  new JsonFormula(functions).search(formula, document, { ...shared, ...extra });

// A named expression is a function; its arguments arrive as the global $args.
for (const [name, formula] of Object.entries(expressions)) {
  functions[name] = {
    _func: (args) => run(formula, { $args: args }),
    _signature: [{ types: [dataTypes.TYPE_ANY], variadic: true, optional: true }],
  };
}

const matched = (value) =>
  Array.isArray(value) ? value.length > 0 : value !== null && value !== undefined && value !== false;

const results = rules.map((rule) => {
  const value = run(rule.expression);
  const byAbsence = rule.failIfMatched || rule.warnIfMatched;
  return { id: rule.id, passed: byAbsence ? !matched(value) : matched(value), matches: value };
});
process.stdout.write(JSON.stringify(results));
