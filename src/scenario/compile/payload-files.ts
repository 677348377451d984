/** Fields of CUSTOM data that stand in a file of their own. */
import { readConfinedJson } from '../../confined.ts'
import { UsageError } from '../../errors.ts'
import type { PayloadSpec } from '../../payloads/index.ts'

/** Largest file: every message is made of it. */
const MAX_FILE = 1024 * 1024

/** The fields in a JSON file of the scenario's folder, templates in their strings. @throws UsageError when it cannot be read, or is no object */
function readFields(baseDir: string, name: string): NonNullable<PayloadSpec['custom']> {
  const fields = readConfinedJson(baseDir, name, MAX_FILE)
  if (typeof fields === 'object' && fields !== null && !Array.isArray(fields)) return fields as NonNullable<PayloadSpec['custom']> // an object that was parsed from JSON holds JSON
  throw new UsageError(`${name} holds no fields`, 'expected a JSON object, such as { "order": "{{uuid}}" }')
}

/**
 * Returns the payload block with its `payloadFile` replaced by the fields that the file holds.
 * @throws UsageError when the file cannot be read or holds no JSON object
 */
export function withFields(spec: PayloadSpec, baseDir: string): PayloadSpec {
  return spec.payloadFile === undefined ? spec : { ...spec, custom: readFields(baseDir, spec.payloadFile) }
}
