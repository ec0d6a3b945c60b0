import type { Command, Option } from 'commander'

/** Generates the completion script of each shell from the commands and their options. */
export const completionScripts = { bash: toBash, zsh: toZsh, fish: toFish }

function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...helpOf(command)].filter(({ long }) => typeof long === 'string')
}

/** Commander does not list `--help` among the options. */
function helpOf(command: Command): readonly Option[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long === '--help')
}

function argumentOf(command: Command): readonly string[] {
  return command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
}

function toBash(commands: readonly Command[]): string {
  const options = commands.map((command) => `    ${command.name()}) options='${longs(command)}' ;;`)
  const choices = commands.flatMap((command) => [
    ...optionsOf(command).flatMap(({ long, argChoices }) =>
      argChoices === undefined ? [] : [`    '${command.name()} ${long}') words='${argChoices.join(' ')}' ;;`],
    ),
    ...(argumentOf(command).length > 0
      ? [`    '${command.name()} ${command.name()}') words='${argumentOf(command).join(' ')}' ;;`]
      : []),
  ])
  return `_quipu() {
  local current=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD - 1]} command=\${COMP_WORDS[1]}
  local options='' words=''
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${commands.map((command) => command.name()).join(' ')}' -- "$current"))
    return
  fi
  case $command in
${options.join('\n')}
  esac
  case "$command $before" in
${choices.join('\n')}
  esac
  if [ -n "$words" ]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  elif [ "\${current:0:1}" = - ]; then
    COMPREPLY=($(compgen -W "$options" -- "$current"))
  else
    local IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _quipu quipu
`
}

function longs(command: Command): string {
  return optionsOf(command)
    .map(({ long }) => long)
    .join(' ')
}

function toZsh(commands: readonly Command[]): string {
  const names = commands.map((command) => `    ${quoted(`${command.name()}:${command.description()}`)}`)
  const cases = commands.map((command) => {
    const specs = optionsOf(command).map(({ long, description, argChoices, required }) => {
      const value = argChoices === undefined ? ':value:_files' : `:value:(${argChoices.join(' ')})`
      const text = description.replace(/[[\]\\:]/g, '\\$&')
      return quoted(`*${long}[${text}]${required ? value : ''}`)
    })
    const rest = argumentOf(command).length > 0 ? `*:value:(${argumentOf(command).join(' ')})` : '*:file:_files'
    return `    ${command.name()}) _arguments ${[...specs, quoted(rest)].join(' ')} ;;`
  })
  return `_quipu() {
  local -a commands=(
${names.join('\n')}
  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
${cases.join('\n')}
  esac
}
compdef _quipu quipu
`
}

function toFish(commands: readonly Command[]): string {
  const lines = commands.flatMap((command) => {
    const name = command.name()
    const seen = `complete -c quipu -n '__fish_seen_subcommand_from ${name}'`
    return [
      `complete -c quipu -n __fish_use_subcommand -f -a ${name} -d ${escaped(command.description())}`,
      ...optionsOf(command).map(({ long = '', description, argChoices, required }) => {
        const value = argChoices !== undefined ? ` -x -a '${argChoices.join(' ')}'` : required ? ' -r' : ''
        return `${seen} -l ${long.slice(2)}${value} -d ${escaped(description)}`
      }),
      ...(argumentOf(command).length > 0 ? [`${seen} -f -a '${argumentOf(command).join(' ')}'`] : []),
    ]
  })
  return `${lines.join('\n')}\n`
}

/** Quotes a word for POSIX shells. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}

/** Quotes a word for fish. */
function escaped(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`
}
