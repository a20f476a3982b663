// Recipes, steps, runs: what to do, in which order, what came out and why it can be believed.
//
//   flow::Recipe recipe = flow::load_recipe("recipe.toml");        // parsed, resolved, typed, ranges checked
//   flow::RunOutcome out = flow::run(recipe, {.folder = "results/x"});
//
// flow may open files; it never prints, exits or reads the environment.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "damascene/base.hpp"
#include "damascene/feature/volume3.hpp"
#include "damascene/flow/pictures.hpp"
#include "damascene/geometry.hpp"
#include "damascene/geometry/surface.hpp"
#include "damascene/io.hpp"
#include "damascene/opc.hpp"
#include "damascene/opc/process_window.hpp"

namespace damascene::flow {

// ------------------------------------------------------------------------------------------------------- recipe text
/// A text that values came from. `kind`: "file", "preset", "command line".
struct Source {
    std::string file, kind = "file";
    std::vector<std::string> lines;
};
struct Span {
    std::shared_ptr<const Source> source;
    int line = 0, column = 0, length = 1;
};
Where where(const Span& span);
std::string origin_text(const Span& span);  ///< "recipe.toml:12", "preset arf-immersion-1.35", "--set"

/// One value of a recipe with its place; TOML and JSON give the same tree.
struct NodeEntry;
struct Node {
    enum class Kind { table, array, text, integer, real, boolean };
    Kind kind = Kind::table;
    Span span, key_span;
    std::string text;  ///< of a text value
    std::int64_t integer = 0;
    double real = 0;
    bool boolean = false;
    std::vector<Node> items;         ///< of an array
    std::vector<NodeEntry> entries;  ///< of a table, in file order
    const Node* find(std::string_view key) const;
    Node* find(std::string_view key);
};
struct NodeEntry {
    std::string first;
    Node second;
};
Node read_toml(const std::string& text, const std::string& file, const std::string& kind = "file");
Node read_json(const std::string& text, const std::string& file);
Node read_recipe_text(const std::string& text, const std::string& file);  ///< JSON when it starts with '{'
/// Tables merge, everything else replaces.
void merge(Node& base, const Node& over);
/// KEY=VALUE with a dotted key; step names and table names address the tree ("step.opc.iterations=20").
void apply_setting(Node& recipe, const std::string& setting);
std::string to_toml_value(const Node& node);

// ------------------------------------------------------------------------------------------------------- diagnostics
/// The text of docs/guide/errors.md: code, place, offending line with caret, what is allowed, one fix.
std::string render_diagnostic(const Diagnostic& diagnostic, std::string_view severity = "error");
std::string diagnostics_json(const std::vector<Diagnostic>& diagnostics);
/// Collects all faults of one recipe.
struct Faults {
    std::vector<Diagnostic> errors, warnings;
    Diagnostic& error(std::string code, std::string message, const Span& span, std::string label = {},
                      std::string help = {});
    void throw_if_any() const;  ///< InputError with at most 20 diagnostics
};
struct CodeEntry {
    std::string_view code, meaning, cause, fix;
};
const std::vector<CodeEntry>& error_codes();
std::string explain(const std::string& word);  ///< error code, recipe key, model or metric; "" if unknown

// ------------------------------------------------------------------------------------- parameter tables -> everything
struct ResolvedEntry {
    std::string path, value, unit, origin, label, citation;
    bool is_path = false;
    Span span = {};  ///< of a path that was given
};
struct Resolved {
    ParamValues values;
    std::vector<ResolvedEntry> entries;
    std::map<std::string, Span, std::less<>> spans;  ///< of parameters that were given
    bool given(std::string_view name) const { return spans.find(name) != spans.end(); }
};
/// Checks a table against a model's parameters. `context` closes messages: "step 'fill' (model deposit-flux)".
Resolved resolve(const Node& table, const ModelInfo& model, const std::string& context, const std::string& path,
                 Faults&, const std::vector<std::string>& reserved_keys = {});
std::vector<std::string> catalogues();
std::vector<const ModelInfo*> models_in(const std::string& catalogue);
std::string allowed_text(const ParamSpec& spec);   ///< "a length; allowed 1 nm .. 100 um"
std::string model_page(const ModelInfo& model);    ///< documentation page (Markdown)
std::string model_help(const ModelInfo& model);    ///< terminal text
std::string model_schema(const ModelInfo& model);  ///< JSON schema of its table
std::string recipe_schema();                       ///< JSON schema (draft 4) of a whole recipe
const ModelInfo& layout_table();
const ModelInfo& optics_table();
const ModelInfo& structure_table();
const ModelInfo& stack_table();
const ModelInfo& resist_table();
const ModelInfo& expect_table();
const ModelInfo& rules_table();
struct Preset {
    std::string name, summary, toml;
};
const std::vector<Preset>& presets();

// ------------------------------------------------------------------------------------- what walks from step to step
/// noun "layout": what is to be printed on one periodic cell, and where numbers are measured. Layout nm throughout.
struct Clip {
    Region target;                                   ///< merged, unit 1 nm
    double x0_nm = 0, y0_nm = 0, period_nm = 0;      ///< periodic cell [x0, x0 + period)^2
    std::array<double, 4> window_nm = {0, 0, 0, 0};  ///< x0 y0 x1 y1
    std::optional<std::array<double, 4>> cut_nm;     ///< from, to
    std::string layer;
};
/// noun "mask": polygons of the corrected (or drawn) mask.
struct Mask {
    Region shapes;
    bool clear_field = false;
    double threshold = 0;
    std::string origin;
};
/// noun "image": one exact image per focus; intensity scales with dose.
struct ImageStack {
    std::vector<double> focus_nm, dose;
    std::vector<Image> images;
    int nominal_focus = 0, nominal_dose = 0;
    bool clear_field = false;
};
/// noun "print": contours at each condition.
struct PrintSet {
    double threshold = 0;
    std::vector<Contour> nominal, outer, inner;
};
/// noun "surface": a cross-section of solids (geometry/surface.hpp); noun "volume": solids in three dimensions;
/// noun "profile": openings through developed resist at every height.
using Value = std::variant<Clip, Mask, ImageStack, PrintSet, Surface, feature::Volume, Profile>;
std::string noun(const Value& value);

struct Scalar {
    std::string id, label;
    double value = 0;
    std::string unit;
};
struct PlanLayer {
    std::string id, name, kind, color;
    bool visible = true;
    double opacity = 1;
    Region polygons;
    std::vector<Contour> contours;
    Image spectrum;
    double level = 0;
};
struct Series {
    std::vector<double> x;
    std::map<std::string, std::vector<double>> y;
};
struct TableColumn {
    std::string name, unit;
};
struct NumberTable {
    std::vector<TableColumn> columns;
    std::vector<std::vector<double>> rows;
    int x_column = -1, y_column = -1, epe_column = -1;
};
struct CutLine {
    std::string name;
    std::array<double, 4> line_nm{};
    double cd_nm = 0, nils = 0;
};
/// One feature of a process window; matrices are [focus][dose], NaN where nothing prints.
struct WindowFeature {
    std::string name;
    double target_nm = 0, tolerance_nm = 0;
    std::vector<std::vector<double>> cd_nm, fit_nm;  ///< fit empty: too few foci print
    opc::DoseBand band;
    opc::FocusDoseWindow rectangle, ellipse;  ///< at ProcessWindow::latitude
    double isofocal_dose = std::numeric_limits<double>::quiet_NaN(), isofocal_cd_nm = isofocal_dose,
           fit_rms_nm = isofocal_dose;
};
struct ProcessWindow {
    std::vector<double> focus_nm, dose;
    std::vector<WindowFeature> features;
    opc::DoseBand common;  ///< of several features
    double latitude = 0;   ///< at which the windows are the deepest
    opc::FocusDoseWindow rectangle, ellipse;
    std::vector<opc::LatitudePoint> curve;
    std::vector<double> pitch_nm, pitch_depth_nm, pitch_common_nm;  ///< of a scan over pitches
};
struct SolverReport {
    bool present = false, converged = true;
    int iterations = 0;
    double residual = 0;
};

/// Cross-section of a step as it grew. Lengths nm, z up; x is r >= 0 when axial. Rings are closed without repeating
/// their first point, filled even-odd over all rings of a material.
struct TopographyFrame {
    double time_s = 0;  ///< since the start of the step
    std::string label;
    std::vector<std::vector<std::vector<std::array<double, 2>>>> outlines_nm;  ///< [material][ring][point]
    std::vector<std::vector<std::array<double, 2>>> voids_nm;                  ///< gas shut in: one ring each
};
/// One place on the wall of the starting surface.
struct WallRow {
    double arc_nm = 0, x_nm = 0, z_nm = 0, thickness_nm = 0;
    std::vector<double> arrival;  ///< per species, open flat field = 1
};
struct Topography {
    bool axial = false;
    std::array<double, 4> window_nm = {0, 0, 0, 0};  ///< x0 z0 x1 z1, of the section itself (one half when axial)
    std::vector<std::string> materials, colors;      ///< from the bottom up; colour "#rrggbb", "" = the page chooses
    std::vector<TopographyFrame> frames;
    std::vector<std::string> species;
    std::vector<WallRow> wall;
    std::vector<std::array<std::string, 3>> coverage;       ///< name, value, meaning or text-book formula
    std::vector<std::vector<std::array<double, 3>>> seams;  ///< x, z (nm) and time of meeting (s), bottom up
    std::vector<std::string> notes;                         ///< sentences under the drawing: seam, keyhole, closure
    std::optional<double> closure_time_s;
    double closure_z_nm = 0;
    Series history;     ///< x: time, s; names carry their unit: "gap [nm]", "field thickness [nm]", "mass error"
    TriangleMesh mesh;  ///< of the last frame in 3D; empty: the page extrudes or revolves the section
    std::optional<SectionMap> map;
};
/// The frames as an animated PNG, one pixel size in x and z, colours of the report, `width` x `height` at most.
io::Bytes animation_png(const Topography&, int width = 640, int height = 480);

/// Everything a step leaves behind; a pure function of its inputs.
struct StepResult {
    std::vector<Scalar> scalars;
    std::vector<std::string> failed_limits, warnings;
    std::map<std::string, io::Bytes> files;  ///< artefacts by file name
    std::vector<Value> outputs;
    std::vector<PlanLayer> layers;
    std::vector<CutLine> cuts;
    std::optional<NumberTable> gauges;
    std::optional<Parity> parity;
    std::optional<ProcessWindow> window;
    std::optional<Topography> topography;
    Series convergence;
    SolverReport solver;
    double seconds = 0;  ///< of the core computation, not part of the result's identity
};

// -------------------------------------------------------------------------------------------------------------- steps
/// A part of a step (a tile): a pure function of its bytes, so that it can be kept, shared or computed elsewhere.
using PartFunction = std::function<io::Bytes(io::ByteView)>;
/// Results of parts in the order asked, wherever they are computed.
using PartExecutor = std::function<std::vector<io::Bytes>(const std::vector<io::Bytes>& parts, const PartFunction&)>;
struct Inputs {
    std::string folder;  ///< paths of the recipe are relative to it
    const Resolved* layout = nullptr;
    const Resolved* optics = nullptr;
    const Resolved* structure = nullptr;
    const Resolved* stack = nullptr;
    const Resolved* resist = nullptr;
    const Resolved* params = nullptr;
    std::map<std::string, const Value*> values;  ///< by noun
    std::uint64_t seed = 1;
    PartExecutor execute = {};  ///< of steps with parts; absent: on the threads of this process
};
struct Cost {
    double seconds = 0, bytes = 0;
    std::string detail;
};
/// A step model: file src/flow/models/<name>.cpp, or a surface model of src/feature/models.
struct StepModel {
    ModelInfo info;
    std::vector<std::string_view> needs, gives;  ///< nouns; "layout" and "optics" may come from top-level tables
    std::function<StepResult(const Inputs&, const Context&)> run;
    std::function<Cost(const Inputs&)> estimate;
    std::function<void(const ParamValues&)> check = {};     ///< throws InputError where parameters do not go together
    std::vector<std::string_view> wants = {};               ///< nouns used when an earlier step gives them
    std::function<PartFunction(const Inputs&)> parts = {};  ///< works by tiles, takes layouts of any size
};
const std::vector<const StepModel*>& step_models();
const StepModel* find_step_model(std::string_view name);

struct StepPlan {
    std::string name;
    const StepModel* model = nullptr;
    Resolved params;
    std::map<std::string, std::string> from;
    Span span;
};
struct Expectation {
    std::string value;
    std::optional<Node> low, high, equals, tolerance;
    Span span;
};
struct InputFile {
    std::string path;
    std::size_t bytes = 0;
    std::string sha256;
};
struct Recipe {
    std::string file, folder, text, title;
    std::uint64_t seed = 1;
    std::optional<Resolved> layout, optics, structure, stack, resist;
    std::vector<StepPlan> steps;
    std::vector<Expectation> expects;
    std::vector<Diagnostic> warnings;
    std::vector<ResolvedEntry> entries;
    std::string resolved_json() const;
    std::string hash() const;  ///< of the resolved values
    std::string slug() const;
};
struct LoadOptions {
    std::vector<std::string> settings;
    std::optional<std::uint64_t> seed;
};
/// Reads, merges (extends, presets, --set), resolves and type-checks a recipe: every fault at once, or none.
Recipe load_recipe(const std::string& path, const LoadOptions& = {});
Recipe recipe_from_text(const std::string& text, const std::string& file, const LoadOptions& = {});
/// One D0301 for each file or folder that a step of the recipe would read and that is not there; a run refuses them.
/// `varied`: recipe keys that a sweep sets.
std::vector<Diagnostic> missing_files(const Recipe&, const std::vector<std::string>& varied = {});
/// Its step `fit` alone, without the others and their limits. \throws InputError D0107 without one
Recipe calibration_of(Recipe);
MaskRules load_rules(const std::string& path);  ///< RULES.toml of `damascene optimize`

/// Layout and optics of a recipe as values.
Clip load_clip(const Inputs&, bool by_tiles = false);  ///< at most 20 um unless by tiles
/// "lines" along y or "contacts" on one square period [0, pitch)^2, centred; the cut runs along x through the centre.
Clip pattern_clip(const std::string& pattern, double pitch_nm, double width_nm, double length_nm);
/// What blurs every image behind the optics: stage, stray light, laser (optics::vibrated, with_flare, over_bandwidth).
struct Blur {
    Length vibration_x, vibration_y;                     ///< standard deviations
    double flare = 0;                                    ///< share of the light
    double bandwidth_pm = 0, focus_slope_nm_per_pm = 0;  ///< full width at half maximum
    bool none() const { return !(vibration_x > Length{} || vibration_y > Length{} || flare > 0 || bandwidth_pm > 0); }
};
struct Optics {
    std::optional<optics::Source> source;
    optics::Pupil pupil;
    std::optional<KernelSet> focus, defocus;
    Blur blur;
};
Optics load_optics(const Inputs&);
Optics load_optics_file(const std::string& path);  ///< a table [optics] or its keys alone
KernelSet kernels_at(const Optics&, double period_nm, double focus_nm, double image_tol);

// --------------------------------------------------------------------------------------------------------------- runs
struct Event {
    std::string kind, step;
    Progress progress;
    std::string text;
};  ///< plan start progress artefact warning result
/// Who computed a run, for its record.
struct Executor {
    std::string kind = "threads";
    int workers = 0;  ///< 0: as many as threads
};
struct RunOptions {
    std::string folder;  ///< "" = results/<slug>-<hash>
    std::string store;   ///< "" = <folder>/../.damascene/store
    bool resume = false, strict = false;
    std::string only, from;
    double max_memory_bytes = 0, max_seconds = 0;
    std::function<void(const Event&)> on_event;
    const std::atomic<bool>* cancel_requested = nullptr;
    std::map<std::string, std::string> environment;  ///< recorded, never read
    std::string command, git;
    std::vector<std::string> settings;   ///< --set, for rerun
    std::function<Executor()> executor;  ///< asked at the end; absent: this process's threads
    /// Computes parts of a step outside this process: part_worker(recipe, step) there gives the same bytes.
    std::function<std::vector<io::Bytes>(const std::string& step, const std::vector<io::Bytes>& parts)> on_parts;
};
struct RunOutcome {
    int exit = 0;
    std::string folder, report, result_sha256;
    std::vector<Scalar> scalars;
    std::vector<std::string> failures, warnings;
    int steps_reused = 0;
    std::vector<std::pair<std::string, ProcessWindow>> windows;  ///< by step
};
RunOutcome run(const Recipe&, const RunOptions&);
PartFunction part_worker(const Recipe&, const std::string& step);  ///< the recipe must outlive it
struct RecipeEstimate {
    Cost total;
    std::vector<std::pair<std::string, Cost>> steps;
};
RecipeEstimate estimate(const Recipe&);
/// The HTML report of a result folder, rebuilt from its stored parts.
std::string rebuild_report(const std::string& folder);
struct Difference {
    std::string item, a, b;
};
std::vector<Difference> compare_results(const std::string& a, const std::string& b, double rtol, double atol);
std::string version_text();
std::string build_id();

// ------------------------------------------------------------------------------------------------------ files on disk
io::Bytes read_file(const std::string& path);  ///< InputError D0301
std::string read_text_file(const std::string& path);
void write_file(const std::string& path, io::ByteView bytes);  ///< temporary name, fsync, rename, fsync of the folder
void write_file(const std::string& path, std::string_view text);
std::string utc_time();

// ------------------------------------------------------------------------------------- ICCAD-2013 clips, outside
// recipes
struct ContestClip {
    Region target;
    Point origin;
    int n = 2048;
    Field2<std::uint8_t> raster;
};
/// Bounding box centred on n x n: shift = floor((n - extent) / 2) - min, per axis.
ContestClip place_centred(const Region& target, int n, RasterRule rule);
Layout read_layout_file(const std::string& path, bool lenient = false, io::ReadReport* = nullptr);
opc::ProcessCorners load_contest_kernels(const std::string& folder);
/// PNG, NPY (2048 x 2048, two levels), GDSII, GLP, or the word "target".
Field2<std::uint8_t> load_mask(const std::string& path, const ContestClip&, RasterRule rule);
std::string score_json(const opc::Score&);

// ------------------------------------------------------------------------------------------------------------- report
struct ReportStep {
    std::string name;
    StepResult result;
};
std::string report_html(const std::string& title, int exit, const std::vector<ReportStep>& steps,
                        const std::optional<Clip>& clip, const std::map<std::string, bool>& verdicts,
                        const std::string& recipe_text, const std::string& resolved_json, const std::string& run_json,
                        const std::string& command, const std::vector<std::string>& warnings);

}  // namespace damascene::flow
