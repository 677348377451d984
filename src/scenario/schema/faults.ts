/** `faults:`: what burn does to its own traffic on purpose. */
import * as z from 'zod'
import { faultForms } from '../../faults/index.ts'

export const faultsSchema = z
  .array(z.union(faultForms))
  .max(100)
  .describe(
    'Faults that burn injects on purpose; --no-faults runs the scenario without them. An attempt gets at most one: the first that is drawn for it',
  )
