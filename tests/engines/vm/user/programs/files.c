/* Files and directories in the working directory; prints what must be equal under every Linux. */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define SHOW(expression)                                                   \
    do {                                                                   \
        errno = 0;                                                         \
        long value_ = (long)(expression);                                  \
        printf("%s = %ld errno %d\n", #expression, value_, errno);         \
    } while (0)

static int by_name(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }

static void list(const char *path) {
    char *names[64];
    int count = 0;
    DIR *dir = opendir(path);
    if (!dir) { printf("opendir %s errno %d\n", path, errno); return; }
    for (struct dirent *e; (e = readdir(dir));) {
        char text[300];
        snprintf(text, sizeof text, "%s type %d", e->d_name, e->d_type);
        names[count++] = strdup(text);
    }
    closedir(dir);
    qsort(names, count, sizeof *names, by_name);
    for (int i = 0; i < count; i++) printf("entry %s\n", names[i]);
}

int main(void) {
    char buffer[256] = {0}, path[4096];
    struct stat st;
    umask(022);
    SHOW(mkdir("d", 0755));
    SHOW(mkdir("d", 0755));
    int fd = open("d/a", O_RDWR | O_CREAT | O_TRUNC, 0644);
    SHOW(fd >= 0);
    SHOW(write(fd, "hello, world\n", 13));
    SHOW(pwrite(fd, "J", 1, 0));
    SHOW(lseek(fd, 0, SEEK_CUR));
    SHOW(lseek(fd, -5, SEEK_END));
    SHOW(read(fd, buffer, sizeof buffer));
    SHOW(lseek(fd, 0, 99));
    SHOW(lseek(fd, -1, SEEK_SET));
    printf("%s", buffer);
    SHOW(pread(fd, buffer, 5, 0));
    printf("%.5s\n", buffer);
    struct iovec v[3] = {{"one ", 4}, {"", 0}, {"two\n", 4}};
    SHOW(writev(fd, v, 3));
    SHOW(writev(fd, v, -1));
    SHOW(fstat(fd, &st));
    printf("size %ld mode %o nlink %ld\n", (long)st.st_size, st.st_mode, (long)st.st_nlink);
    SHOW(fchmod(fd, 0600));
    SHOW(ftruncate(fd, 5));
    SHOW(stat("d/a", &st));
    printf("size %ld mode %o\n", (long)st.st_size, st.st_mode);
    SHOW(posix_fallocate(fd, 0, 100));
    SHOW(lseek(fd, 0, SEEK_END));
    SHOW(link("d/a", "d/b"));
    SHOW(symlink("a", "d/s"));
    SHOW(readlink("d/s", buffer, sizeof buffer));
    SHOW(lstat("d/s", &st));
    printf("link %d\n", S_ISLNK(st.st_mode));
    SHOW(readlink("d/a", buffer, sizeof buffer));
    SHOW(rename("d/b", "d/c"));
    SHOW(access("d/c", R_OK));
    SHOW(access("d/b", F_OK));
    SHOW(faccessat(AT_FDCWD, "d/c", W_OK, AT_EACCESS));
    list("d");
    int dir = open("d", O_RDONLY | O_DIRECTORY);
    SHOW(openat(dir, "nothing", O_RDONLY));
    SHOW(open("d/a", O_RDONLY | O_DIRECTORY));
    SHOW(open("d", O_WRONLY));
    SHOW(open("d/s", O_RDONLY | O_NOFOLLOW));
    SHOW(open("d/a", O_CREAT | O_EXCL, 0600));
    int relative = openat(dir, "c", O_RDONLY | O_CLOEXEC);
    SHOW(relative >= 0);
    SHOW(fcntl(relative, F_GETFD));
    SHOW(fcntl(relative, F_SETFD, 0));
    SHOW(fcntl(relative, F_GETFD));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_SETFL, O_APPEND));
    SHOW(fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
    SHOW(fcntl(fd, F_DUPFD, 50));
    SHOW(dup2(fd, 60));
    SHOW(dup2(fd, fd) == fd);
    SHOW(dup3(fd, fd, 0));
    SHOW(flock(fd, LOCK_EX | LOCK_NB));
    SHOW(close(60));
    SHOW(close(60));
    SHOW(read(-1, buffer, 1));
    SHOW(read(1000, buffer, 1));
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    SHOW(fcntl(fd, F_SETLK, &lock));
    SHOW(fsync(fd));
    int out = open("copy", O_RDWR | O_CREAT, 0600);
    off_t at = 1;
    SHOW(sendfile(out, relative, &at, 4));
    SHOW(at);
    SHOW(lseek(out, 0, SEEK_SET));
    SHOW(copy_file_range(relative, 0, out, 0, 3, 0));
    int ends[2];
    SHOW(pipe2(ends, O_NONBLOCK));
    SHOW(read(ends[0], buffer, 1));
    SHOW(write(ends[1], "xyz", 3));
    SHOW(read(ends[0], buffer, 10));
    SHOW(close(ends[1]));
    SHOW(read(ends[0], buffer, 10));
    SHOW(lseek(ends[0], 0, SEEK_SET));
    char *map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    SHOW(map != MAP_FAILED);
    printf("%.5s %d\n", map, map[4095]);
    map[0] = '!';
    SHOW(pread(fd, buffer, 1, 0));
    printf("%c\n", buffer[0]);
    SHOW(munmap(map, 4096));
    map = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    SHOW(map != MAP_FAILED);
    map[1] = '?';
    SHOW(msync(map, 4096, MS_SYNC));
    SHOW(pread(fd, buffer, 3, 0));
    printf("%.3s\n", buffer);
    SHOW(munmap(map, 4096));
    map = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    printf("fresh %d %d\n", map[0], map[8191]);
    SHOW(mmap(0, 4096, PROT_READ, MAP_PRIVATE, 999, 0) == MAP_FAILED);
    struct timespec times[2] = {{1000000000, 5}, {1500000000, 123456789}};
    SHOW(utimensat(AT_FDCWD, "d/a", times, 0));
    SHOW(stat("d/a", &st));
    printf("mtime %ld.%09ld\n", (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
    struct statx sx;
    SHOW(statx(AT_FDCWD, "d/a", 0, STATX_BASIC_STATS, &sx));
    printf("statx size %ld mode %o mtime %ld.%09u\n", (long)sx.stx_size, sx.stx_mode, (long)sx.stx_mtime.tv_sec,
           sx.stx_mtime.tv_nsec);
    SHOW(chdir("d"));
    SHOW(getcwd(path, sizeof path) != 0);
    printf("%s\n", strrchr(path, '/'));
    SHOW(getcwd(path, 2) == 0);
    SHOW(chdir(".."));
    SHOW(fchdir(dir));
    SHOW(unlink("a"));
    SHOW(unlink("a"));
    SHOW(chdir(".."));
    SHOW(rmdir("d"));
    SHOW(unlinkat(dir, "c", 0));
    SHOW(unlinkat(dir, "s", 0));
    SHOW(rmdir("d"));
    SHOW(truncate("copy", 2));
    SHOW(open((char *)8, O_RDONLY));
    SHOW(write(out, (char *)8, 4));
    SHOW(lseek(out, 0, SEEK_SET));
    SHOW(read(out, (char *)8, 4));
    memset(path, 'x', sizeof path);
    path[4095] = 0;
    SHOW(open(path, O_RDONLY));
    SHOW(isatty(out));
    return 0;
}
