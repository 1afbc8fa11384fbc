import { registerHooks } from 'node:module'

// Node reads TypeScript by itself but does not look for a .ts file where an import says .js. Lets a test start main.ts unbuilt.
registerHooks({
  resolve(specifier, context, next) {
    try {
      return next(specifier, context)
    } catch (error) {
      if (!specifier.startsWith('.') || !specifier.endsWith('.js')) throw error
      return next(specifier.replace(/\.js$/, '.ts'), context)
    }
  },
})
