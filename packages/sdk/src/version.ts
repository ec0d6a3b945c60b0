/** The version in this package's manifest; a test compares the two. */
export const VERSION = '0.1.0'
export const USER_AGENT = `quipu/${VERSION}`
