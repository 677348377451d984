/** The schema of `faults:`: what burn does to its own traffic on purpose. */
import * as z from 'zod'
import { faultForms, wireForms } from '../../../faults/index.ts'

/** The schema of the `faults` list of a scenario: the faults that burn injects on purpose into attempts and connections. */
export const faultsSchema = z
  .array(z.union([...faultForms, ...Object.values(wireForms)]))
  .max(100)
  .describe(
    'Faults that burn injects on purpose; --no-faults runs the scenario without them. An attempt gets at most one: the first that is drawn for it. Faults on the wire are drawn for each connection, independently of each other',
  )
