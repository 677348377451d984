import { fakeHelpers } from './fake.ts'
import type { TemplateHelper } from './helper.ts'
import { textHelpers } from './text.ts'

const timeHelpers: readonly TemplateHelper[] = [
  { name: 'now', args: '', description: 'Milliseconds since 1970', arity: [0, 0], run: ({ wallNow }) => Math.round(wallNow()) },
  {
    name: 'unixTimestamp',
    args: '',
    description: 'Seconds since 1970',
    arity: [0, 0],
    run: ({ wallNow }) => Math.floor(wallNow() / 1000),
  },
  {
    name: 'isoTimestamp',
    args: '',
    description: 'The time of day as ISO 8601, in UTC',
    arity: [0, 0],
    run: ({ wallNow }) => new Date(wallNow()).toISOString(),
  },
]

/** All helpers (functions) that templates can call, except the blocks `if`, `unless`, `each` and `with`. */
export const templateHelpers: readonly TemplateHelper[] = [...fakeHelpers, ...timeHelpers, ...textHelpers]

const byName = new Map(templateHelpers.map((helper) => [helper.name, helper]))

/** Returns the template helper (a function such as `uuid`) with this name; undefined when there is none. */
export function findHelper(name: string): TemplateHelper | undefined {
  return byName.get(name)
}
