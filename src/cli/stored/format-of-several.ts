/** The format of a report of what holds several runs: a suite, a search. */
import { UsageError } from '../../errors.ts'
import { isSameFile } from '../../store/files/same-file.ts'

/** The flags of `burn report` that matter to the report of several runs. */
export interface SeveralReportFlags {
  readonly format: string
  readonly level?: string
  readonly output?: string
  readonly quality?: boolean
}

/**
 * Returns the format of `formats` that the flags ask for; `path` is the file of what is rendered, and `kind` its kind in words.
 * @throws UsageError for a format that it does not have, and for flags that a single run alone has
 */
export function formatOfSeveral<Format extends string>(
  formats: Readonly<Record<Format, unknown>>,
  { path, kind }: { readonly path: string; readonly kind: string },
  { format, level, output, quality }: SeveralReportFlags,
): Format {
  if (quality === true) throw new UsageError(`--quality goes with a run, and ${path} is a ${kind}`, 'name one of its runs')
  if (level !== undefined)
    throw new UsageError(`--level goes with the tables of a run, not with a ${kind}`, 'name one of its runs')
  const known = Object.keys(formats) as Format[] // all that it has are of the type
  const found = known.find((one) => one === format)
  if (found === undefined)
    throw new UsageError(
      `--format ${format}: ${path} is a ${kind}, which has no such format`,
      `one of ${known.join(', ')}; or name one of its runs`,
    )
  if (output !== undefined && isSameFile(path, output))
    throw new UsageError(`-o ${output} is the ${kind} itself, which the report would replace`, 'name another file')
  return found
}
