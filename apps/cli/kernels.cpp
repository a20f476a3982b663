#include <filesystem>

#include "command.hpp"
#include "damascene/optics.hpp"
#include "flow/text.hpp"

namespace damascene::cli {
namespace {

KernelSet kernels_for(const flow::Optics& optics, const Session& session, Length defocus) {
    const Length period = Length::from_si(session.args.quantity("--period", "nm", 2048e-9));
    if (!(period > 0 * nm) || period.in(um) > 20 * (1 + 1e-12))
        throw InputError("D0114", "--period is out of range", "greater than 0, at most 20 um");
    optics::Pupil pupil = optics.pupil;
    pupil.defocus = pupil.defocus + defocus;
    KernelSet set = optics::socs(*optics.source, pupil, period, period, session.args.number("--image-tol", 1e-3),
                                 static_cast<int>(session.args.whole("--count", 0)));
    if (session.args.has("--open-frame"))
        set = optics::scaled_to_open_frame(std::move(set), session.args.number("--open-frame", 1));
    return set;
}

/// One folder holds one form: a reader that finds both cannot know which set is the newer one.
void refuse_other_form(const std::string& folder, bool contest) {
    for (const std::string state : {"focus", "defocus"}) {
        const std::string other =
            flow::join_path(folder, contest ? "kernels_" + state + ".c64le" : state + "/scales.txt");
        if (std::filesystem::exists(other))
            throw InputError("D0602", "'" + escape_text(other) + "' holds kernels of the other form",
                             "choose another folder with -o, or remove it");
    }
}

int write_kernels(const Session& session) {
    const std::string folder = session.output();
    if (folder.empty()) throw InputError("D0114", "kernels needs a folder", "-o DIR");
    const flow::Optics optics = flow::load_optics_file(session.args.text("OPTICS"));
    const bool contest = session.args.text("--format", "c64le") == "iccad13";
    refuse_other_form(folder, contest);
    std::string text;
    for (const std::string state : {"focus", "defocus"}) {
        const Length defocus =
            state == "focus" ? 0 * nm : Length::from_si(session.args.quantity("--defocus", "nm", 25e-9));
        const KernelSet set = kernels_for(optics, session, defocus);
        const std::string at = contest ? flow::join_path(folder, state) : folder;
        for (const auto& [name, bytes] : contest ? io::write_kernels_bin(set) : io::write_kernels_c64le(set, state))
            flow::write_file(flow::join_path(at, name), bytes);
        text += state + ": " + std::to_string(set.count()) + " kernels of " + std::to_string(2 * set.band_x + 1) +
                " x " + std::to_string(2 * set.band_y + 1) + ", open frame " +
                flow::rounded(optics::open_frame_intensity(set), 7) + ", truncation bound " +
                flow::rounded(set.truncation_bound, 4) + " of clear field\n";
    }
    print(text + folder + "\n");
    return 0;
}

}  // namespace

extern const Command command_kernels;
const Command command_kernels = {
    "kernels",
    "write SOCS kernels of any source and pupil, focus and defocus",
    "damascene kernels optics.toml -o k/ --format iccad13 --count 24",
    {{"OPTICS", Flag::positional, "TOML with a table [optics], or its keys alone", true},
     {"--format",
      Flag::value,
      "c64le = little-endian arrays, iccad13 = contest fh<k>.bin",
      false,
      {"c64le", "iccad13"},
      "c64le",
      "NAME"},
     {"--period", Flag::value, "period of the cell", false, {}, "2048 nm", "LENGTH"},
     {"--defocus", Flag::value, "defocus of the second state", false, {}, "25 nm", "LENGTH"},
     {"--count", Flag::value, "exactly this many kernels", false, {}, "", "N"},
     {"--image-tol", Flag::value, "truncation bound of clear field", false, {}, "0.001", "X"},
     {"--open-frame", Flag::value, "scale to this clear-mask intensity", false, {}, "", "X"}},
    write_kernels};

}  // namespace damascene::cli
