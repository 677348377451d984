/** The schema of `export:`: where the metrics of a run are sent. */
import * as z from 'zod'
import { exportForms } from '../../../export/index.ts'

/** Matches the file names that an export may write to: in the run's own folder, with an ending that no other file there has. */
const OWN_FILE = /^\w[\w.-]*\.(?:prom|lp)$/

/** The schema of the `export` list of a scenario: the monitoring systems to which the run sends its metrics. */
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
  .describe(
    'Systems to which the metrics of the run are sent, every few seconds and at its end; the key of an entry is the kind of system',
  )
