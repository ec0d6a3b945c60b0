/** The version of this package, as in its manifest: a test compares the two. */
export const VERSION = '0.1.0'
export const USER_AGENT = `quipu/${VERSION}`
