import { rename, rm, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import * as z from 'zod'
import { inTurns } from '../../pieces.ts'
import { encoded } from '../send/encoded.ts'
import { formOf, type Output } from '../send/output.ts'
import { prometheusLines } from '../text/prometheus.ts'

/** The export format `prometheus`: writes metrics into a file in the text format of Prometheus, for the textfile collector of node_exporter. */
export const prometheus = formOf({
  key: 'prometheus',
  describe: 'A file for the textfile collector of node_exporter, replaced by each snapshot of the metrics',
  fields: () => ({
    prometheus: z
      .string()
      .max(1000)
      .regex(/\.prom$/, 'expected a file whose name ends with .prom, as the collector reads no other')
      .describe('The file, such as burn.prom'),
  }),
  fileOf: (entry) => entry.prometheus,
  plan: ({ prometheus: where }, { isTyped }) => {
    const path = isTyped ? resolve(where) : where
    const fileIn = (folder: string) => resolve(folder, path)
    return { to: where, secrets: [], fileIn, open: async (folder) => whole(fileIn(folder)) }
  },
})

/** Makes an output that replaces the file with each snapshot in one step, so that a reader never sees a part of a snapshot. */
function whole(file: string): Output {
  const beside = `${file}.${process.pid}.tmp`
  return {
    async send(snapshot) {
      try {
        const { made: lines } = await inTurns(prometheusLines(snapshot))
        const { made: chunks } = await inTurns(encoded(lines, '\n'))
        await writeFile(beside, chunks)
        await rename(beside, file)
        return { error: null }
      } catch (error) {
        await rm(beside, { force: true }).catch(() => {})
        return { error: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}
