import { clip } from './kinds/types.ts'
import type { ExpectItem } from './schema.ts'

/** Keys of a check whose value stands in its label without the key. */
const BARE = new Set(['path', 'name', 'to'])

/** Returns how reports name a check: by the `name` of its item in the `expect` block, or else by its content, such as `ttft < 1s` or `is-json`. */
export function checkLabel({ name, countOnly: _countOnly, ...item }: ExpectItem): string {
  return name ?? linesOf(item)
}

function linesOf(item: ExpectItem): string {
  return Object.entries(item)
    .map(([key, value]) =>
      value === true ? key : `${key} ${/json(-schema)?$/.test(key) && key !== 'json' ? schemaName(value) : written(value)}`,
    )
    .join(', ')
}

/** Returns a short name of a JSON Schema: its title, otherwise the beginning of its JSON; the name of the file for one in a file. */
function schemaName(value: unknown): string {
  if (typeof value !== 'object' || value === null) return clip(String(value))
  return 'title' in value && typeof value.title === 'string' ? clip(value.title) : clip(JSON.stringify(value))
}

function written(value: unknown): string {
  if (typeof value === 'string') return clip(value)
  if (Array.isArray(value)) return clip(value.map(String).join(', '))
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(
      ([key, part]) => `${BARE.has(key) ? '' : `${key} `}${typeof part === 'string' ? clip(part) : clip(JSON.stringify(part))}`,
    )
    .join(' ')
}
