import type { ColumnDefinitionBuilder } from 'kysely';

type Column = ColumnDefinitionBuilder;

/** The usual definitions of columns, for `addColumn`. */
export const primary = (column: Column) => column.primaryKey();
export const required = (column: Column) => column.notNull();
export const counter = (column: Column) => column.notNull().defaultTo(0);
export const references = (target: string) => (column: Column) => column.notNull().references(target);
