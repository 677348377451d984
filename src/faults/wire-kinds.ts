/** The registry of the kinds of faults that burn injects on the wire. To add a kind, write a file in `kinds/wire/` and add a line here. */
import type * as z from 'zod'
import { type WireKind, type WireSpec, wireForm } from './form/wire.ts'
import { bandwidth } from './kinds/wire/bandwidth.ts'
import { blackHole } from './kinds/wire/black-hole.ts'
import { latency } from './kinds/wire/latency.ts'
import { refuse } from './kinds/wire/refuse.ts'
import { resetAfter } from './kinds/wire/reset-after.ts'
import { slice } from './kinds/wire/slice.ts'
import { slowClose } from './kinds/wire/slow-close.ts'

// Each kind has its own type of fields; here it only matters that they are an object.
const WIRE_KINDS = [
  latency,
  bandwidth,
  slice,
  slowClose,
  blackHole,
  resetAfter,
  refuse,
] as readonly unknown[] as readonly WireKind[]

/**
 * The schemas of the `faults` items that act on connections, by the name of the fault, such as `latency`. The name is also the first key of an item.
 */
export const wireForms: Readonly<Record<string, z.ZodType<WireSpec>>> = Object.fromEntries(
  WIRE_KINDS.map((kind) => [kind.key, wireForm(kind)]),
)
