/** Chooses the format in which `burn report` renders a stored suite or search. */
import { UsageError } from '../../errors.ts'
import { isSameFile } from '../../store/files/same-file.ts'

/** The flags of `burn report` that apply to a suite (`burn run` with several tests) or a capacity search (`burn search`). */
export interface SeveralReportFlags {
  readonly format: string
  readonly level?: string
  readonly output?: string
  readonly quality?: boolean
}

/**
 * Returns the report format that the user chose with the flag `--format` of `burn report`, which must be one of the keys of `formats`. It is for a
 * file with several runs: `path` is the file, and `kind` what is in it, such as `suite`; both appear in error messages.
 * @throws UsageError for an unknown format, and for flags that apply only to a single run
 */
export function formatOfSeveral<Format extends string>(
  formats: Readonly<Record<Format, unknown>>,
  { path, kind }: { readonly path: string; readonly kind: string },
  { format, level, output, quality }: SeveralReportFlags,
): Format {
  if (quality === true) throw new UsageError(`--quality goes with a run, and ${path} is a ${kind}`, 'name one of its runs')
  if (level !== undefined)
    throw new UsageError(`--level goes with the tables of a run, not with a ${kind}`, 'name one of its runs')
  const known = Object.keys(formats) as Format[] // the cast is safe: the keys of `formats` are of this type
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
