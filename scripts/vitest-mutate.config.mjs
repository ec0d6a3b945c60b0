import base from '../vitest.config.ts'

// Runs the tests of one package, which `npm run mutate` names, against its mutants.
const { QUIPU_MUTATED_PACKAGE: name } = process.env

export default {
  ...base,
  test: { ...base.test, include: [`packages/${name}/src/**/*.test.ts`] },
}
