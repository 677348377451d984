/** The folder of a live comparison: it contains a folder for each run, and the comparison itself. */
import { join } from 'node:path'
import type { Comparison } from '../../compare/comparison.ts'
import type { ComparedResults } from '../../report/comparison/html.ts'
import { comparisonFormats } from '../../report/comparison/index.ts'
import { FILE_OPTIONS } from '../../report/text/reporter.ts'
import { makeFolders } from '../../store/files/folders.ts'
import { openOutputs } from '../../store/files/output-file.ts'
import { newRunFolder, sideFolder } from '../../store/run-dir.ts'
import type { LiveSide } from './live-sides.ts'

/** The folder that `burn compare` writes when it runs scenarios. It contains a folder for each run, and the comparison as JSON, Markdown and HTML. */
export class LiveFolder {
  readonly path: string
  private readonly outputs: ReturnType<typeof openOutputs>

  /** Chooses the folder: `out`, or a new one named after the scenario. @throws LocalError when nothing can be written there */
  constructor(scenario: string, out: string | undefined) {
    if (out !== undefined) makeFolders(out)
    this.path = out ?? newRunFolder({ name: `${scenario}-compare`, startedAt: Date.now() })
    this.outputs = openOutputs(['json', 'md', 'html'].map((extension) => this.file(extension)))
  }

  /** Returns the folder for one run of side A or B; `run` counts from 1, and is undefined when the side has a single run. */
  of({ arm, name }: LiveSide, run: number | undefined): string {
    return join(this.path, sideFolder(arm, name, run))
  }

  /**
   * Returns the results of both sides, with conversations of both sides matched by iteration. @throws InputError for a journal that cannot be
   * read
   */
  async withPairs(comparison: Comparison, results: ComparedResults): Promise<ComparedResults> {
    const { pairsOf } = await import('../report/conversations/pairs.ts')
    return { ...results, ...pairsOf({ path: this.file('json'), comparison }, results) }
  }

  /** Writes the comparison to the folder, as JSON, as Markdown and as an HTML page. @throws LocalError */
  async write(comparison: Comparison, results: ComparedResults): Promise<void> {
    await this.outputs.write(this.file('json'), comparisonFormats.json(comparison))
    await this.outputs.write(this.file('md'), comparisonFormats.md(comparison))
    await this.outputs.write(this.file('html'), comparisonFormats.html(comparison, FILE_OPTIONS, results))
  }

  private file(extension: string): string {
    return join(this.path, `comparison.${extension}`)
  }
}
