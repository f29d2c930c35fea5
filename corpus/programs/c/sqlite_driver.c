/* sqlite: runs the SQL on standard input in a database in memory and prints rows, columns separated by bars. */
#include "sqlite3.h"

#include <stdio.h>
#include <stdlib.h>

static int row(void *unused, int columns, char **values, char **names) {
    (void)unused;
    (void)names;
    for (int i = 0; i < columns; i++) printf(i ? "|%s" : "%s", values[i] ? values[i] : "NULL");
    putchar('\n');
    return 0;
}

int main(int argc, char **argv) {
    size_t size = 0, room = 1 << 16;
    char *sql = malloc(room + 1), *error = NULL;
    for (size_t got; sql && (got = fread(sql + size, 1, room - size, stdin)) > 0;) {
        size += got;
        if (size == room) sql = realloc(sql, (room *= 2) + 1);
    }
    if (!sql) return 3;
    sql[size] = '\0';
    sqlite3 *database = NULL;
    if (sqlite3_open(argc > 1 ? argv[1] : ":memory:", &database) != SQLITE_OK) return 3;
    int status = sqlite3_exec(database, sql, row, NULL, &error);
    if (error) fprintf(stderr, "%s\n", error);
    sqlite3_free(error);
    sqlite3_close(database);
    free(sql);
    return status == SQLITE_OK ? 0 : 1;
}
