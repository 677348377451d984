import type { CommandWords, FlagWords } from './words.ts'

const quoted = (text: string) => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
const firstLine = (text: string) => text.split('\n')[0]?.slice(0, 100) ?? ''

/** Returns the script with which the shell fish completes the commands and flags of burn. */
export function fishCompletion(commands: readonly CommandWords[]): string {
  const named = commands.filter(({ path }) => path.length > 0)
  return `# fish completion of burn: burn completion fish > ~/.config/fish/completions/burn.fish
function __burn_at -d 'whether these words of burn, and no more of them, stand on the line'
    set -l words (commandline -opc)
    set -e words[1]
    set -l path ''
    for word in $words
        set -l next (string trim -- "$path $word")
        if contains -- $next ${named.map(({ path }) => quoted(path.join(' '))).join(' ')}
            set path $next
        end
    end
    test "$path" = "$argv"
end
function __burn_runs
    test -d burn-results; and for run in burn-results/*/
        basename $run
    end
end
complete -c burn -f
${commands.map(commandLines).join('\n')}
`
}

function commandLines({ path, flags, below, argument }: CommandWords): string {
  const at = `complete -c burn -n '__burn_at ${path.join(' ')}'`
  const names = below.map(([name, summary]) => `${at} -a ${quoted(name)} -d ${quoted(firstLine(summary))}`)
  const words = argument === undefined || below.length > 0 ? [] : [`${at}${argumentOf(argument)}`]
  return [...names, ...words, ...flags.map((flag) => `${at}${flagText(flag)}`)].join('\n')
}

/** Returns the options for fish about a flag's value. For a value that is no file, they keep fish from completing files. */
const flagValue = (kind: NonNullable<FlagWords['value']>) =>
  kind === 'text' ? ' -x' : typeof kind === 'string' ? ` -r${argumentOf(kind)}` : ` -x${argumentOf(kind)}`

function argumentOf(kind: NonNullable<CommandWords['argument']>): string {
  if (kind === 'file' || kind === 'folder' || kind === 'text') return ' -F'
  return kind === 'run' ? " -F -a '(__burn_runs)'" : ` -a ${quoted(kind.words.join(' '))}`
}

function flagText({ names, describe, value }: FlagWords): string {
  const named = names.map((name) => (name.startsWith('--') ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`)).join('')
  return `${named}${value === undefined ? '' : flagValue(value)} -d ${quoted(firstLine(describe))}`
}
