/** Which ends of the process to act on. */
export interface ExitHookChoice {
  readonly beforeExit: boolean
  readonly exit: boolean
  readonly signals: readonly NodeJS.Signals[]
}
