const STEP = /\.?(?:([^.[\]'"\s()?,@$*]+)|(\*))|\[(-?\d+|\*|'[^'\\]*'|"[^"\\]*")\]/y

/** Converts a path in the notation of older scenario files, such as `a.b.0`, to JSONPath (RFC 9535); undefined for a text in any other notation. */
export function legacyToRfc(source: string): string | undefined {
  const rest = source.replace(/^\$/, '')
  const dotted = source.startsWith('$')
  // With a `$`, only a number between dots, as in `$.choices.0.text`, tells an older path from a standard one.
  if (source === '' || (dotted && !/\.\d+(?=[.[]|$)/.test(rest))) return undefined
  let path = '$'
  STEP.lastIndex = 0
  while (STEP.lastIndex < rest.length) {
    const start = STEP.lastIndex
    const step = STEP.exec(rest)
    if (!step || (rest[start] !== '.' && rest[start] !== '[' && (start > 0 || dotted))) return undefined
    if (start === 0 && !dotted && rest[0] === '.') return undefined
    path += selector(step)
  }
  return path
}

function selector([, name, star, bracket]: RegExpExecArray): string {
  if (bracket !== undefined) return `[${bracket}]`
  if (star !== undefined || name === undefined) return '[*]'
  // In older files `a.0` reads from lists and from objects alike; a union of both selectors finds the same.
  return /^\d+$/.test(name) ? `[${Number(name)},'${name}']` : `['${name}']`
}
