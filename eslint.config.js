import eslint from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import { defineConfig } from 'eslint/config';
import globals from 'globals';
import tseslint from 'typescript-eslint';
import { arrowRule } from './e2e/tools/arrow-rule.mjs';

export default defineConfig(
  {
    ignores: [
      'dist/',
      'dist-bench/',
      '.gpu/',
      'node_modules/',
      'src/node_modules/',
      'test-results/',
      'playwright-report/',
      // AssemblyScript: its own compiler checks it.
      'src/engine/kernels/wasm/assembly/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  ...svelte.configs.recommended,
  {
    languageOptions: {
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname,
        extraFileExtensions: ['.svelte'],
      },
    },
  },
  {
    // Tests may use Node.js, the page may not: they have a configuration of their own.
    files: ['src/**/*.test.ts'],
    languageOptions: {
      parserOptions: { projectService: false, project: ['src/tsconfig.test.json'] },
    },
  },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: tseslint.parser } },
  },
  {
    // The parser knows no types of markup; svelte-check does.
    files: ['**/*.svelte'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    rules: {
      // TypeScript checks names; the rule knows neither types nor globals.
      'no-undef': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/ban-ts-comment': ['error', { 'ts-expect-error': true, 'ts-ignore': true }],
      'svelte/no-at-html-tags': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    files: ['src/**', 'workers/**'],
    plugins: { house: { rules: { arrows: arrowRule } } },
    rules: { 'house/arrows': 'error', 'no-console': 'error' },
  },
  {
    files: ['**/*.ts', '**/*.mjs'],
    ignores: ['vite.config.ts', 'e2e/playwright.config.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Export by name; only components have a default.' },
      ],
    },
  },
  {
    files: ['**/*.js', '**/*.mjs', 'vite.config.ts'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: globals.node,
      ...tseslint.configs.disableTypeChecked.languageOptions,
    },
  },
);
