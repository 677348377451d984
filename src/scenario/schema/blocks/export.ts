/** `export:`: where the metrics of a run go. */
import * as z from 'zod'
import { exportForms } from '../../../export/index.ts'

export const exportSchema = z
  .array(z.union(Object.values(exportForms)))
  .max(10)
  .describe('Systems that are sent the metrics of the run, every few seconds and at its end; the key of an entry says which kind')
