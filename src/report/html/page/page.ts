/** Builds the HTML document around the sections: one file that loads nothing, and that runs only its own style and script. */
import { createHash } from 'node:crypto'
import { Markup, markup } from './markup.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

/** A section of an HTML report: a heading with its content, and a link to it in the navigation. */
export interface PageSection {
  /** The id of the section's element, and the target of its link. */
  readonly id: string
  readonly title: string
  /** A shorter name for the navigation; left out when the title is short enough. */
  readonly short?: string
  readonly body: Markup
}

/**
 * Returns the Content Security Policy of the page: only this style and this script are allowed, found by their hashes. Should text get into the page
 * as an element or attribute, it would still load, style and run nothing.
 */
const policy = () =>
  `default-src 'none'; style-src '${hashOf(STYLE)}'; script-src '${hashOf(SCRIPT)}'; base-uri 'none'; form-action 'none'`

/** Returns the source expression for a Content Security Policy that allows exactly this style or script, by its hash. */
function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

/**
 * Returns the HTML document of a report. Its parts, in this order, are: `head` (the banner), the navigation, the sections, `foot`, and `data` (what
 * the report shows, as JSON for programs).
 */
export function pageOf(title: string, head: Markup, sections: readonly PageSection[], foot: Markup, data: Markup): string {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="burn">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<a class="skip" href="#content">Skip to the content</a>
${head}
<nav aria-label="Sections">
<ul>
${sections.map(({ id, title: name, short = name }) => markup`<li><a href="#${id}">${short}</a></li>\n`)}</ul>
</nav>
<main id="content">
${sections.map(sectionOf)}</main>
<footer>
${foot}
</footer>
${data}
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`.html
}

function sectionOf({ id, title, body }: PageSection): Markup {
  return markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${body}
</section>
`
}
