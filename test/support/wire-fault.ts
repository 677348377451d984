import { wireForms } from '../../src/faults/index.ts'
import type { WireFault, WireScope } from '../../src/faults/relay/wire-fault.ts'

/** Returns a fault on the wire from an entry as scenarios have it, such as `{ latency: '50ms' }`; `scope` in the numbers that the relay takes. */
export function wireFault(entry: Readonly<Record<string, unknown>>, scope: Partial<WireScope> = {}): WireFault {
  const [kind = ''] = Object.keys(entry)
  const form = wireForms[kind]
  if (!form) throw new Error(`there is no fault ${kind}`)
  return { ...form.parse(entry), ...scope }
}
