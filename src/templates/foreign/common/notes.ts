/** What a conversion tells the user about one part of another tool's file: that it was left out, was read differently, or is invalid. */
export interface Note {
  /** note: how something was understood; warning: something was left out; error: the value is invalid. */
  readonly severity: 'note' | 'warning' | 'error'
  readonly text: string
  /** The keys and indexes that lead to the part in the other tool's file; undefined for the whole file. */
  readonly path: readonly (string | number)[] | undefined
  readonly hint?: string | undefined
}

/** Anything that accepts the notes about the conversion of another tool's file, such as a list of texts. */
export interface NoteSink {
  push(text: string): unknown
}

/** Collects the notes for the user about the conversion of another tool's file, each only once. */
export class Notes implements NoteSink {
  private readonly notes = new Map<string, Note>()

  /** Adds a note about the whole file, without a place, that says how something was understood. */
  push(text: string): void {
    this.add({ severity: 'note', text, path: undefined })
  }

  add(note: Note): void {
    if (!this.notes.has(note.text)) this.notes.set(note.text, note)
  }

  get all(): Note[] {
    return [...this.notes.values()]
  }
}

/** Splits a dotted name such as `a.b.0` into the keys and list indexes of a path: `a`, `b`, 0. */
export function pathOfName(name: string): (string | number)[] {
  return name.split('.').map((key) => (/^\d+$/.test(key) ? Number(key) : key))
}
