// The deployment file of the tests matches deployments/schema.json.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv2020 } from "ajv/dist/2020.js";

const schema = JSON.parse(readFileSync(new URL("../../../../deployments/schema.json", import.meta.url), "utf8"));
const validate = new Ajv2020({ allErrors: true, strictTypes: false }).compile(schema);

test("the deployment file matches the schema", () => {
  const file = JSON.parse(readFileSync(process.env.DEPLOYMENT ?? "", "utf8"));
  assert.ok(validate(file), JSON.stringify(validate.errors));
  assert.ok(!validate({ ...(file as object), contracts: {} }));
});
