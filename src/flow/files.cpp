// Files on disk: whole reads; writes that leave the old file or the new one, never half of either.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>

#include "damascene/flow.hpp"
#include "flow/text.hpp"

namespace damascene::flow {
namespace {

[[noreturn]] void refuse_write(const std::string& path, int error) {
    throw ResourceError("D0603", "cannot write " + escape_text(path) + ": " + std::strerror(error),
                        "free space or choose another folder with -o");
}

void write_all(int descriptor, io::ByteView bytes, const std::string& path) {
    std::size_t done = 0;
    while (done < bytes.size()) {
        const ssize_t n = ::write(descriptor, bytes.data() + done, bytes.size() - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) refuse_write(path, errno);
        done += static_cast<std::size_t>(n);
    }
}

void sync_folder(const std::string& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::close(descriptor);
}

}  // namespace

io::Bytes read_file(const std::string& path) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
        throw InputError("D0301", "'" + escape_text(path) + "' is a folder, not a file");
    std::ifstream stream(path, std::ios::binary);
    if (!stream)
        throw InputError("D0301", "cannot read '" + escape_text(path) + "': " + std::strerror(errno),
                         "paths of a recipe are relative to the recipe");
    io::Bytes bytes;
    char buffer[1 << 16];
    while (stream.read(buffer, sizeof buffer) || stream.gcount() > 0) {
        const auto* first = reinterpret_cast<const std::byte*>(buffer);
        bytes.insert(bytes.end(), first, first + stream.gcount());
    }
    return bytes;
}

std::string read_text_file(const std::string& path) {
    const io::Bytes bytes = read_file(path);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}

void write_file(const std::string& path, io::ByteView bytes) {
    const std::string folder = folder_of(path), temporary = path + ".tmp-" + std::to_string(::getpid());
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (descriptor < 0) refuse_write(path, errno);
    try {
        write_all(descriptor, bytes, path);
    } catch (...) {
        ::close(descriptor);
        ::unlink(temporary.c_str());
        throw;
    }
    const bool synced = ::fsync(descriptor) == 0;
    if (::close(descriptor) != 0 || !synced || ::rename(temporary.c_str(), path.c_str()) != 0) {
        const int fault = errno;
        ::unlink(temporary.c_str());
        refuse_write(path, fault);
    }
    sync_folder(folder);
}

void write_file(const std::string& path, std::string_view text) {
    write_file(path, io::ByteView(reinterpret_cast<const std::byte*>(text.data()), text.size()));
}

std::string utc_time() {
    const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
    std::tm parts{};
    gmtime_r(&now, &parts);
    char buffer[32];
    std::strftime(buffer, sizeof buffer, "%Y-%m-%dT%H:%M:%SZ", &parts);
    return buffer;
}

}  // namespace damascene::flow
