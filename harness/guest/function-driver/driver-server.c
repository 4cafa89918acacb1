/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "bdf.h"
#include "cleanup.h"
#include "driver-server.h"

#define BACKLOG 8
#define LOOK_MS 500
#define HEADROOM 64 /* of a reply, for the line that tells what was left out */

/** struct Client - a connection with at most one request that has no answer yet */
typedef struct Client {
    int fd; /* -1: gone */
    bool waits; /* it is not listened to meanwhile: its request is carried out even if it goes */
    char request[DRIVER_LINK_REQUEST_SIZE];
    uint64_t order;  /* of PnP requests */
    uint64_t due_ms; /* not before; 0: its turn has not come */
} Client;

struct DriverServer {
    char name[DRIVER_LINK_PATH_SIZE];
    FunctionDriver *driver;
    int listen_fd;
    Client clients[DRIVER_SERVER_CLIENTS_MAX];
    unsigned client_count;
    uint64_t next_order;
    int end_fd;  /* readable: somebody wants it to end; -1: none */
    int quit_fd; /* who waits for the end; -1: nobody */
    bool quits;
    char reply[DRIVER_LINK_PACKET_SIZE];
};

static uint64_t now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* The folders are those of the live system's root, or below the folder of a test */
static int folders_make(const char *socket_name)
{
    char path[DRIVER_LINK_PATH_SIZE];

    snprintf(path, sizeof(path), "%s", socket_name);
    for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
        *at = '\0';
        if (mkdir(path, 0755) < 0 && errno != EEXIST) {
            return -errno;
        }
        *at = '/';
    }
    return 0;
}

static int socket_listen(const char *socket_name)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    int result = fd < 0 ? -errno : 0;

    strcpy(address.sun_path, socket_name);
    if (result == 0 && (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
                        listen(fd, BACKLOG) < 0)) {
        result = -errno;
        close(fd);
    }
    return result < 0 ? result : fd;
}

/* Return: the descriptor; -EADDRINUSE when a driver is there, or hangs there */
static int socket_replace(const char *socket_name)
{
    int other = driver_link_connect(socket_name, 0);

    if (other >= 0) {
        close(other);
        return -EADDRINUSE;
    }
    if (other == -ETIMEDOUT) {
        return -EADDRINUSE;
    }
    unlink(socket_name);
    return socket_listen(socket_name);
}

/* One at a time: between the look and its own socket nobody else takes the place */
static int socket_take(const char *socket_name)
{
    CLEANUP(fd_close) int folder = -1;
    char path[DRIVER_LINK_PATH_SIZE];

    snprintf(path, sizeof(path), "%s", socket_name);
    *strrchr(path, '/') = '\0';
    folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || flock(folder, LOCK_EX) < 0) {
        return -errno;
    }
    return socket_replace(socket_name);
}

int driver_server_open(const char *socket_name, FunctionDriver *driver, DriverServer **server,
                       char *why)
{
    DriverServer *made = calloc(1, sizeof(*made));
    int result = made ? folders_make(socket_name) : -ENOMEM;

    if (result == 0) {
        made->listen_fd = socket_take(socket_name);
        result = made->listen_fd < 0 ? made->listen_fd : 0;
    }
    if (result < 0) {
        snprintf(why, DRIVER_LINK_WHY_SIZE, "%s: %s", socket_name,
                 result == -EADDRINUSE ? "a driver is there already" : strerror(-result));
        free(made);
        return result;
    }
    made->driver = driver;
    made->quit_fd = -1;
    snprintf(made->name, sizeof(made->name), "%s", socket_name);
    *server = made;
    return 0;
}

/* A client that takes no answer has none: it has gone, or will find out */
static void reply_send(int fd, const char *reply)
{
    if (fd >= 0) {
        send(fd, reply, strlen(reply), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
}

/* The newest events that fit behind what is in the reply already */
static void events_write(const Trace *trace, size_t from, FILE *file)
{
    size_t room = DRIVER_LINK_PACKET_SIZE - HEADROOM - (size_t)ftell(file);
    size_t first = trace->count;
    char line[TRACE_LINE_SIZE];

    while (first > from) {
        trace_line(&trace->events[first - 1], line);
        if (strlen(line) + 1 > room) {
            fprintf(file, "omitted %zu\n", first - from);
            break;
        }
        room -= strlen(line) + 1;
        first--;
    }
    for (size_t i = first; i < trace->count; i++) {
        trace_line(&trace->events[i], line);
        fprintf(file, "%s\n", line);
    }
}

/* Return: the request's number, with the function of START; -EINVAL: not one of the PnP manager */
static int pnp_parse(const char *text, char *bdf)
{
    char word[DRIVER_LINK_REQUEST_SIZE];
    const char *space = strchr(text, ' ');
    int request;

    snprintf(word, sizeof(word), "%.*s", space ? (int)(space - text) : INT_MAX, text);
    request = pnp_request_parse(word);
    if (request < 0 || (request == PNP_START) != (space != NULL) ||
        (space && bdf_normalise(space + 1, bdf) < 0)) {
        return -EINVAL;
    }
    return request;
}

static void pnp_serve(DriverServer *server, const char *text, FILE *file)
{
    char bdf[BDF_SIZE];
    char why[FUNCTION_DRIVER_WHY_SIZE] = "";
    PnpRequest request = (PnpRequest)pnp_parse(text, bdf);
    size_t before = function_driver_trace(server->driver)->count;
    int result = function_driver_request(server->driver, request,
                                         request == PNP_START ? bdf : NULL, why);

    fprintf(file, "%d%s%s\n", -result, result < 0 ? " " : "", result < 0 ? why : "");
    events_write(function_driver_trace(server->driver), before, file);
}

static void other_serve(DriverServer *server, const char *text, FILE *file)
{
    if (strcmp(text, "identify") == 0) {
        fputs("0\n", file);
        function_driver_identify(server->driver, file);
    } else if (strcmp(text, "report") == 0) {
        fputs("0\n", file);
        function_driver_report(server->driver, file);
        fflush(file);
        events_write(function_driver_trace(server->driver), 0, file);
    } else if (strcmp(text, "close-handles") == 0) {
        function_driver_close_handles(server->driver);
        fputs("0\n", file);
    } else {
        fprintf(file, "%d no such request\n", EINVAL);
    }
}

static void serve(DriverServer *server, Client *client,
                  void (*write)(DriverServer *, const char *, FILE *))
{
    CLEANUP(file_close) FILE *file = fmemopen(server->reply, sizeof(server->reply), "w");

    if (file) {
        write(server, client->request, file);
        fflush(file);
        reply_send(client->fd, server->reply);
    }
    client->waits = false;
}

static void client_close(Client *client)
{
    if (client->fd >= 0) {
        close(client->fd);
        client->fd = -1;
    }
}

static void client_take(DriverServer *server, Client *client)
{
    char bdf[BDF_SIZE];
    ssize_t length = recv(client->fd, client->request, sizeof(client->request) - 1, MSG_DONTWAIT);

    if (length <= 0) {
        if (length == 0 || errno != EAGAIN) {
            client_close(client);
        }
        return;
    }
    client->request[length] = '\0';
    client->request[strcspn(client->request, "\n")] = '\0';
    if (strcmp(client->request, "quit") == 0 && !server->quits) {
        server->quits = true;
        server->quit_fd = client->fd;
        client->fd = -1;
    } else if (pnp_parse(client->request, bdf) >= 0) {
        client->waits = true;
        client->order = server->next_order++;
        client->due_ms = 0;
    } else {
        serve(server, client, other_serve);
    }
}

/* The PnP request whose turn it is; NULL: none */
static Client *pnp_first(DriverServer *server)
{
    Client *first = NULL;

    for (unsigned i = 0; i < server->client_count; i++) {
        Client *client = &server->clients[i];

        if (client->waits && (!first || client->order < first->order)) {
            first = client;
        }
    }
    return first;
}

/* Return: how long to wait at most */
static int pnp_advance(DriverServer *server)
{
    Client *first;

    while ((first = pnp_first(server)) != NULL) {
        char bdf[BDF_SIZE];
        uint64_t now = now_ms();

        if (first->due_ms == 0) {
            first->due_ms = now + function_driver_delay_ms(
                                      server->driver,
                                      (PnpRequest)pnp_parse(first->request, bdf));
        }
        if (first->due_ms > now) {
            return first->due_ms - now < LOOK_MS ? (int)(first->due_ms - now) : LOOK_MS;
        }
        serve(server, first, pnp_serve);
    }
    return LOOK_MS;
}

/* A place for one more client; that of one who asks nothing, when there is no other; NULL: none */
static Client *client_place(DriverServer *server)
{
    if (server->client_count < DRIVER_SERVER_CLIENTS_MAX) {
        return &server->clients[server->client_count];
    }
    for (unsigned i = 0; i < server->client_count; i++) {
        if (!server->clients[i].waits) {
            return &server->clients[i];
        }
    }
    return NULL;
}

static void client_accept(DriverServer *server)
{
    Client *place = client_place(server);
    int fd = accept4(server->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0) {
        return;
    }
    if (place == &server->clients[server->client_count]) {
        server->client_count++;
    } else {
        client_close(place);
    }
    *place = (Client) { .fd = fd };
}

static void clients_sweep(DriverServer *server)
{
    unsigned kept = 0;

    for (unsigned i = 0; i < server->client_count; i++) {
        if (server->clients[i].fd >= 0) {
            server->clients[kept++] = server->clients[i];
        }
    }
    server->client_count = kept;
}

/* One round: waits, and serves whoever is ready */
static int round_serve(DriverServer *server)
{
    struct pollfd fds[DRIVER_SERVER_CLIENTS_MAX + 2 + FUNCTION_DRIVER_FDS_MAX];
    unsigned clients = server->client_count;
    unsigned count = 0;
    int wait_ms;

    /* First whether it is there at all: a request would touch it */
    function_driver_look(server->driver);
    wait_ms = pnp_advance(server);

    for (unsigned i = 0; i < clients; i++) {
        const Client *client = &server->clients[i];

        fds[count++] = (struct pollfd) { .fd = client->waits ? -1 : client->fd, .events = POLLIN };
    }
    fds[count++] = (struct pollfd) {
        .fd = client_place(server) ? server->listen_fd : -1,
        .events = POLLIN,
    };
    fds[count++] = (struct pollfd) { .fd = server->end_fd, .events = POLLIN };
    count += function_driver_fds(server->driver, &fds[count]);
    if (poll(fds, count, wait_ms) < 0) {
        return errno == EINTR ? 0 : -errno;
    }
    /* First the driver's own: what a request does may end what these descriptors are */
    server->quits = server->quits || fds[clients + 1].revents != 0;
    for (unsigned i = clients + 2; i < count; i++) {
        if (fds[i].revents != 0) {
            function_driver_ready(server->driver, &fds[i]);
        }
    }
    for (unsigned i = 0; i < clients; i++) {
        if (fds[i].revents != 0) {
            client_take(server, &server->clients[i]);
        }
    }
    if (fds[clients].revents != 0 && client_place(server)) {
        client_accept(server);
    }
    clients_sweep(server);
    return 0;
}

int driver_server_run(DriverServer *server, int end_fd)
{
    int result = 0;

    server->end_fd = end_fd;
    while (!server->quits && result == 0) {
        result = round_serve(server);
    }
    return result;
}

void driver_server_close(DriverServer *server)
{
    unlink(server->name);
    close(server->listen_fd);
    for (unsigned i = 0; i < server->client_count; i++) {
        client_close(&server->clients[i]);
    }
    reply_send(server->quit_fd, "0\n");
    if (server->quit_fd >= 0) {
        close(server->quit_fd);
    }
    free(server);
}
