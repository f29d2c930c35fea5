/* Sockets on loopback, and waiting for them with poll, select and epoll. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* The value is computed before errno is read and before anything else that the line prints. */
#define SAY(text, expression)                                              \
    do {                                                                   \
        errno = 0;                                                         \
        long value_ = (long)(expression);                                  \
        printf("%s %ld errno %d\n", text, value_, errno);                  \
    } while (0)

int main(void) {
    char text[64] = {0};
    int pair[2];
    printf("socketpair %d\n", socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
    printf("send %ld\n", (long)send(pair[0], "abc", 3, 0));
    struct pollfd polled[2] = {{pair[1], POLLIN, 0}, {pair[0], POLLIN | POLLOUT, 0}};
    SAY("poll", poll(polled, 2, 1000));
    printf("revents %x %x\n", polled[0].revents, polled[1].revents);
    SAY("recv", recv(pair[1], text, sizeof text, 0));
    printf("%s\n", text);
    SAY("again", recv(pair[1], text, sizeof text, MSG_DONTWAIT));
    polled[0].fd = 900;
    SAY("poll bad", poll(polled, 1, 1000));
    printf("revents %x\n", polled[0].revents);
    printf("poll none %d\n", poll(0, 0, 10));

    int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, size = 0;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    printf("setsockopt %d\n", setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one));
    printf("bind %d\n", bind(server, (struct sockaddr *)&address, sizeof address));
    printf("listen %d\n", listen(server, 4));
    printf("getsockname %d\n", getsockname(server, (struct sockaddr *)&address, &length));
    printf("port %d length %d\n", address.sin_port != 0, (int)length);
    fflush(stdout);
    pid_t child = fork();
    if (!child) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(client, (struct sockaddr *)&address, sizeof address)) _exit(1);
        struct iovec parts[2] = {{"over ", 5}, {"loopback", 8}};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
        _exit(sendmsg(client, &message, 0) != 13);
    }
    struct sockaddr_in peer;
    length = sizeof peer;
    int accepted = accept(server, (struct sockaddr *)&peer, &length);
    printf("accepted %d family %d\n", accepted >= 0, peer.sin_family);
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0x1122334455667788}, found = {0};
    printf("epoll_ctl %d\n", epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event));
    SAY("epoll_ctl again", epoll_ctl(epoll, EPOLL_CTL_ADD, accepted, &event));
    printf("epoll_wait %d\n", epoll_wait(epoll, &found, 1, 2000));
    printf("data %lx in %d\n", (unsigned long)found.data.u64, found.events & EPOLLIN);
    fd_set set;
    FD_ZERO(&set);
    FD_SET(accepted, &set);
    struct timeval limit = {2, 0};
    printf("select %d\n", select(accepted + 1, &set, 0, 0, &limit));
    memset(text, 0, sizeof text);
    struct iovec part = {text, sizeof text};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t received = recvmsg(accepted, &message, MSG_WAITALL);
    printf("recvmsg %ld %s\n", (long)received, text);
    int status;
    waitpid(child, &status, 0);
    printf("client %d\n", WEXITSTATUS(status));
    length = sizeof size;
    SAY("getsockopt", getsockopt(server, SOL_SOCKET, SO_TYPE, &size, &length));
    printf("type %d\n", size);
    printf("shutdown %d\n", shutdown(accepted, SHUT_RDWR));
    SAY("send", send(accepted, "x", 1, MSG_NOSIGNAL));
    SAY("connect", connect(0, (struct sockaddr *)&address, sizeof address));

    int counter = eventfd(3, 0);
    unsigned long value = 0;
    printf("eventfd %ld\n", (long)read(counter, &value, sizeof value));
    printf("value %lu\n", value);
    return 0;
}
