"""From a file's drafts to recommendations: resolve, match, apply, undo."""
