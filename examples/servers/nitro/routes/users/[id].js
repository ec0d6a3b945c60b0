export default ({ context }) => ({ id: context.params.id })
