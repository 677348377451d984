/** `export:`: where the metrics of a run go. */
import * as z from 'zod'
import { exportForms } from '../../../export/index.ts'

/** A run writes within its own folder, and nothing that burn writes there ends like this. */
const OWN_FILE = /^\w[\w.-]*\.(?:prom|lp)$/

export const exportSchema = z
  .array(
    z
      .union(Object.values(exportForms))
      .refine(
        ({ file }) => file === undefined || OWN_FILE.test(file),
        'a scenario names a file in the folder of the run, such as burn.prom or metrics.lp; --export writes anywhere',
      ),
  )
  .max(10)
  .describe('Systems that are sent the metrics of the run, every few seconds and at its end; the key of an entry says which kind')
