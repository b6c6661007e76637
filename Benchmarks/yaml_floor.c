// The least that reading a folder of YAML files can cost: open, read, close and libyaml's events, nothing made of them.
//
//     cc -O2 -o yaml_floor yaml_floor.c -lyaml && ./yaml_floor DIR
//
// Prints files, bytes, events, and the CPU seconds (user and system) of this process.

#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include <yaml.h>

static unsigned char buffer[4 << 20];

int main(int argc, char **argv) {
    if (argc != 2) {
        fputs("usage: yaml_floor DIR\n", stderr);
        return 64;
    }
    DIR *folder = opendir(argv[1]);
    if (!folder) {
        perror(argv[1]);
        return 1;
    }
    long files = 0, bytes = 0, events = 0;
    struct dirent *entry;
    while ((entry = readdir(folder))) {
        size_t length = strlen(entry->d_name);
        if (length < 5 || strcmp(entry->d_name + length - 5, ".yaml") != 0) continue;
        int file = openat(dirfd(folder), entry->d_name, O_RDONLY | O_CLOEXEC);
        if (file < 0) continue;
        ssize_t got = read(file, buffer, sizeof buffer);
        close(file);
        if (got < 0) continue;
        files += 1;
        bytes += got;
        yaml_parser_t parser;
        yaml_event_t event;
        if (!yaml_parser_initialize(&parser)) return 1;
        yaml_parser_set_input_string(&parser, buffer, (size_t)got);
        for (int done = 0; !done;) {
            if (!yaml_parser_parse(&parser, &event)) break;
            done = event.type == YAML_STREAM_END_EVENT;
            events += 1;
            yaml_event_delete(&event);
        }
        yaml_parser_delete(&parser);
    }
    closedir(folder);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    double seconds = usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    printf("files %ld bytes %ld events %ld cpu_seconds %.4f\n", files, bytes, events, seconds);
    return 0;
}
