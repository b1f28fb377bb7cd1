// Lint rules: what the compiler cannot see (a forgotten await), and the house's own habits.
import js from '@eslint/js';
import globals from 'globals';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['generated/', '.shop/', 'stages/*/overlay/'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'no-restricted-syntax': [
        'error',
        {
          selector: 'ExportDefaultDeclaration',
          message: 'Named exports only: a name is the same everywhere.',
        },
        {
          selector: "MemberExpression[object.name='process'][property.name='env']",
          message: 'Read the environment in platform/config.ts only, so that one file lists every setting.',
        },
      ],
    },
  },
  { files: ['*.config.js', '.dependency-cruiser.js'], ...tseslint.configs.disableTypeChecked },
  { files: ['monolith/public/*.js'], ...tseslint.configs.disableTypeChecked },
  { files: ['monolith/public/*.js'], languageOptions: { globals: globals.browser } },
  { files: ['*.config.js'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['platform/config.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // The suite imports nothing of ours, so it has one such file of its own.
  { files: ['acceptance/target.ts'], rules: { 'no-restricted-syntax': 'off' } },
);
