/** Removes findings that only repeat what another finding explains. */
import { E_MISSING_KEY } from '../problems/values/E_MISSING_KEY.ts'
import { E_UNKNOWN_KEY } from '../problems/values/E_UNKNOWN_KEY.ts'
import { E_VALUE } from '../problems/values/E_VALUE.ts'
import type { Finding } from '../read/source/finding.ts'
import type { Path } from '../read/source/source.ts'
import { type Schema, shapeOf, valuesOf, walkSchema } from '../schema/schema-walk.ts'
import { placeOf } from './places.ts'
import { synonymOf } from './synonyms.ts'
import { meantBranch, misspeltKey } from './union.ts'

const keyOf = (path: Path) => JSON.stringify(path)

/** Removes errors that only follow from another error: if `tagret` is an unknown key, the missing key `target` is not reported as well. */
export function withoutEchoes(findings: readonly Finding[], schema: Schema, value: unknown): Finding[] {
  const meant = new Set<string>()
  const owners = new Set<string>()
  for (const { code, path } of findings) {
    if (code !== E_UNKNOWN_KEY.code) continue
    const owner = path.slice(0, -1)
    owners.add(keyOf(owner))
    const at = walkSchema(schema, value, owner, meantBranch)
    const key = String(path.at(-1))
    const synonym = synonymOf(placeOf(owner), key, at.value)
    const near = synonym ? synonym.means : at.schema && misspeltKey(key, at.value, pickForm(at.schema, at.value))
    if (near !== undefined) meant.add(keyOf([...owner, near]))
  }
  return findings.filter(({ code, path }) => {
    if (code === E_MISSING_KEY.code) return !meant.has(keyOf(path))
    return code !== E_VALUE.code || !(meant.has(keyOf(path)) || owners.has(keyOf(path)))
  })
}

const pickForm = (schema: Schema, value: unknown) => (shapeOf(schema) || valuesOf(schema) ? schema : meantBranch(schema, value))
