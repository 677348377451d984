/** Faults as a scenario states them, and what they do to an attempt. */
import * as z from 'zod'
import { type FaultSpec, faultForms, type Injection } from '../../src/faults/index.ts'
import { createRandom } from '../../src/random.ts'

export const form = z.union(faultForms)
export const specOf = (entry: object): FaultSpec => form.parse(entry)
/** What the fault does to one attempt, drawn by the seed. */
export const drawn = (entry: object, seed = 1): Injection =>
  specOf({ probability: '5%', ...entry }).draw(createRandom(seed, 'fault'))
