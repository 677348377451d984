import type { CommandWords, FlagWords } from './words.ts'

/** Returns the script with which the shell bash completes the commands and flags of burn. */
export function bashCompletion(commands: readonly CommandWords[]): string {
  return `# bash completion of burn, for bash 4 and newer: in ~/.bashrc, eval "$(burn completion bash)"
_burn() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev= path= word i
  if (( COMP_CWORD > 0 )); then prev=\${COMP_WORDS[COMP_CWORD-1]}; fi
  for (( i = 1; i < COMP_CWORD; i++ )); do
    word=\${COMP_WORDS[i]}
    case "$path $word" in
${branches(commands)}
      " schedule --") path=" run" ;;
    esac
  done
  local flags= below= argument=none values=
  case "$path" in
${commands.map(commandCase).join('\n')}
  esac
  COMPREPLY=()
  if [[ $values == file || $values == folder || $values == run ]]; then
    _burn_place "$values"
  elif [[ $values == text ]]; then
    return
  elif [[ -n $values ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$cur")
  elif [[ $cur == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$flags" -- "$cur")
  elif [[ -n $below ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$below" -- "$cur")
  elif [[ $argument == file || $argument == folder || $argument == run ]]; then
    _burn_place "$argument"
  elif [[ $argument != none ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$argument" -- "$cur")
  fi
}
_burn_place() {
  compopt -o filenames 2>/dev/null
  case "$1" in
    file) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
    folder) mapfile -t COMPREPLY < <(compgen -d -- "$cur") ;;
    run)
      mapfile -t COMPREPLY < <([[ -d burn-results ]] && cd burn-results && compgen -d -- "$cur")
      if (( ! \${#COMPREPLY[@]} )); then mapfile -t COMPREPLY < <(compgen -f -- "$cur"); fi
      ;;
  esac
}
complete -F _burn burn
`
}

/** Returns the cases of the script that follow the words of a command line to a command, such as `runs` and then `rm`. */
function branches(commands: readonly CommandWords[]): string {
  const named = commands.filter(({ path }) => path.length > 0)
  return named
    .map(({ path }) => {
      const above = path
        .slice(0, -1)
        .map((word) => ` ${word}`)
        .join('')
      return `      "${above} ${path.at(-1)}") path="${above} ${path.at(-1)}" ;;`
    })
    .join('\n')
}

const wordsIn = (kind: CommandWords['argument']) =>
  kind === undefined ? 'none' : typeof kind === 'string' ? kind : kind.words.join(' ')

function commandCase({ path, flags, below, argument }: CommandWords): string {
  const names = flags.flatMap((flag) => flag.names).join(' ')
  const valued = flags.filter(({ value }) => value !== undefined)
  return `    "${path.map((word) => ` ${word}`).join('')}")
      flags="${names}" below="${below.map(([name]) => name).join(' ')}" argument="${wordsIn(argument)}"
${valued.length === 0 ? '' : `      case "$prev" in\n${valued.map(valueCase).join('\n')}\n      esac\n`}      ;;`
}

const valueCase = ({ names, value }: FlagWords) => `        ${names.join('|')}) values="${wordsIn(value)}" ;;`
