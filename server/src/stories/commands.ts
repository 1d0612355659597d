import type { Command } from 'commander';

/** Filling a site with stories from a terminal. */
export function addStoryCommands(program: Command): void {
  program.command('stories').description('Stories: bring a feed in, see what is there.');
}
