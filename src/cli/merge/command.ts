import { type Command, Option } from 'commander'
import type { CommandOutcome } from '../output/outcome.ts'

/** Adds the command `burn merge`, with its flags, to the command line of burn. */
export function addMerge(program: Command, outcome: CommandOutcome): void {
  program
    .command('merge')
    .summary('merge the results of shards; judge the thresholds on the whole')
    .description(
      'Merge the results of all shards of one run (`burn run --shard`) to the result of the whole, exactly: counts and histograms are added, nothing is averaged. Thresholds are judged on it, and the exit code is that of the verdict.',
    )
    .argument(
      '<result...>',
      'result.json of each shard, folders that hold them, logs with lines BURN_RESULT_V1, or - for such lines on stdin',
    )
    .option('--allow-missing', 'merge although shards are missing: the result is marked as not valid')
    .option('--out <dir>', 'folder for the result (default: a new one in burn-results)')
    .option('--overwrite', 'replace the result in the folder of --out')
    .option('--report <formats>', 'reports to write beside the result: junit, md, html, csv, hlog, …')
    .option('-o, --output <file>', 'write the result there as well')
    .option('--json', 'print the result to stdout')
    .addOption(
      new Option('--baseline <run>', 'compare with an earlier result: worse fails; may be repeated').argParser(
        (value: string, before: string[] = []) => [...before, value],
      ),
    )
    .action(async (named: string[], options: Parameters<typeof import('./merge.ts').mergeCommand>[1]) => {
      const { mergeCommand } = await import('./merge.ts')
      outcome.code = await mergeCommand(named, options)
    })
}
