// What a code, key, model or metric means.
#include "damascene/flow.hpp"
#include "flow/text.hpp"

namespace damascene::flow {

const std::vector<CodeEntry>& error_codes() {
    static const std::vector<CodeEntry> codes = {
        {"D0101", "schema version missing or unknown", "The first key of a recipe says which schema it is written in.",
         "begin with damascene = \"1\""},
        {"D0102", "unknown key",
         "A key that no parameter table declares; keys are never ignored, a typing error would change the physics "
         "silently.",
         "use the suggested key, or see 'damascene models show MODEL'"},
        {"D0103", "the text is not TOML or JSON", "A missing quote, bracket or equals sign; or two keys on one line.",
         "look at the marked place"},
        {"D0104", "a setting cannot be applied",
         "--set wants KEY=VALUE; the key addresses one value, steps by their name.",
         "for example --set step.opc.iterations=20"},
        {"D0105", "a value of the wrong kind",
         "A list where a text stands, a fraction where a whole number is wanted, a list of the wrong length.",
         "write the kind that stands under the caret"},
        {"D0106", "unknown choice", "The parameter takes one of a few words.", "choose one of the listed words"},
        {"D0107", "a required key is missing", "The model has no default for it because none would be right.",
         "add the key"},
        {"D0108", "a name stands twice", "Steps are addressed by name.", "rename one"},
        {"D0109", "unknown step model", "No file src/flow/models declares it.", "'damascene models list' names all"},
        {"D0110", "a step's input is missing",
         "A step takes typed inputs (layout, optics, mask, image, print) from tables or earlier steps.",
         "add a step that gives the missing type, or correct 'from'"},
        {"D0112", "an expectation names no step", "The value of an expectation is step.scalar.",
         "use the name of a step"},
        {"D0113", "recipes extend each other in a circle", "A file in 'extends' is already being read.",
         "remove one of the links"},
        {"D0114", "bad command line", "An unknown command or flag, or a flag value of the wrong kind.",
         "damascene COMMAND --help"},
        {"D0201", "a unit is missing",
         "Every dimensional value is a text with its unit; a bare number could be read as nm or um.",
         "write for example \"90 nm\""},
        {"D0202", "not a quantity", "The grammar is: number unit; factors joined by *, / or a blank; powers by ^.",
         "for example \"30 mJ/cm^2\""},
        {"D0203", "wrong dimension", "The unit measures something else than the parameter.",
         "use a unit of the right dimension"},
        {"D0204", "out of range", "The value lies outside the range in which the equation has a meaning.",
         "stay inside the printed range"},
        {"D0210", "unusual value (warning)", "The value is allowed, but outside the range the model was made for.",
         "check it; --strict turns the warning into exit 1"},
        {"D0211", "a key without effect (warning)", "What it changes is not computed by any step of this recipe.",
         "remove it, or add the step; --strict turns the warning into exit 1"},
        {"D0301", "a file cannot be read",
         "It is absent, a folder, or not permitted. Paths of a recipe are relative to the recipe.", "check the path"},
        {"D0302", "damaged or unknown file", "A layout, picture or table that does not follow its format.",
         "write the file again; --lenient keeps the good elements of a layout"},
        {"D0303", "incomplete GDSII element", "An element lacks its layer or type, or has too few or too many points.",
         "write the layout again; --lenient keeps the other elements"},
        {"D0309", "coordinates beyond 32 bits", "GDSII counts in signed 32-bit database units.",
         "a coarser database unit, a smaller magnification or array"},
        {"D0310", "hierarchy too deep", "Cells are nested beyond the printed depth.", "flatten part of the layout"},
        {"D0311", "clip unfit for inverse lithography",
         "The optimiser works on squares of 256 k pixels, fine enough for the optics.",
         "another window or pixel; edge correction takes any clip"},
        {"D0312", "kernels or tile unfit for edge correction",
         "Both focus states share one square period and band, and a tile is larger than its halos.",
         "make the kernels again, or a larger tile"},
        {"D0313", "impossible placement in a layout",
         "Magnifications are positive; arrays have 1 to 32767 columns and rows.",
         "write the layout again; --lenient keeps the other elements"},
        {"D0315", "text file beyond its limits", "Lines, layers or samples exceed what the reader allows.",
         "split the file, or write GDSII"},
        {"D0316", "damaged GLP, kernel or marker content",
         "A name, a number or the database unit does not fit the format.", "see the marked place"},
        {"D0317", "damaged GLP file", "A line does not follow the grammar, or the file is cut short.",
         "see the marked place; write the file again"},
        {"D0318", "sloped edges", "Edge correction and its exact spectra move axis-parallel edges.",
         "inverse lithography takes any angle"},
        {"D0319", "damaged NPY file", "Header or length do not follow the format.", "numpy.save the array again"},
        {"D0320", "missing column or header", "A table begins with a line of `name [unit]` cells.",
         "add the named column"},
        {"D0321", "a column without unit", "Every column with a dimension writes it in brackets.",
         "for example x [nm]"},
        {"D0322", "wrong or unknown unit of a column", "The unit measures something else, or is none.",
         "write the expected unit"},
        {"D0323", "row of another length", "Every row has as many cells as the header.", "correct the marked row"},
        {"D0324", "a cell that is no usable number", "Sizes are finite; sigma and weight are not negative.",
         "correct the marked cell"},
        {"D0325", "a gauge named twice", "Names of gauges are unique.", "rename one of them"},
        {"D0327", "damaged CSV text", "A quoted cell is not closed, or bytes are no text.", "see the marked place"},
        {"D0328", "damaged marker database", "Not the XML of a KLayout report database.", "save it again from KLayout"},
        {"D0340", "damaged source file", "Lines are 'sx sy weight', inside the pupil, weights not negative.",
         "correct the marked line"},
        {"D0341", "damaged Jones pupil",
         "Lines are 'px py' and four complex elements, on a full rectangular grid from -1 to 1.",
         "correct the marked line, or add the missing points"},
        {"D0304", "unknown layer",
         "A step names a layer that [layout] does not list, or a layer is not layer/datatype.",
         "layers = { metal1 = \"11/0\" }"},
        {"D0305", "empty layer", "The layer holds no shape inside the window.",
         "use one of the layers that are present"},
        {"D0306", "wrong mask size", "A mask picture has one pixel per nm of the kernels' period.",
         "give 2048 x 2048 pixels for the contest kernels"},
        {"D0307", "grey mask", "A binary score needs a mask of two levels.", "threshold it first"},
        {"D0308", "the format cannot hold this", "A GLP file holds one layer in nm.", "write .gds"},
        {"D0329", "damaged VTP file", "Not ASCII or appended-raw PolyData of triangles or lines.",
         "write the file again, uncompressed"},
        {"D0314", "no kernel set", "The folder holds neither kernels_focus.c64le nor focus/fh<k>.bin.",
         "name the folder of the kernel files"},
        {"D0401", "aperture above the index", "sin(theta) = NA/n must be below 1.", "immersion, or a smaller NA"},
        {"D0402", "values that do not go together",
         "A window without extent, walls that meet above the bottom, lists of "
         "different lengths, a step without an end.",
         "see the text under the caret"},
        {"D0403", "clip larger than the kernels' period", "Kernels are valid only at their own period.",
         "a smaller window, or own optics"},
        {"D0404", "impossible source", "For example sigma_in >= sigma_out.", "see 'damascene models show annular'"},
        {"D0405", "no contest kernels",
         "The score compares with published numbers, which hold for the contest kernels only.",
         "optics.kernels = \"FOLDER\""},
        {"D0406", "damaged kernel set", "The number of values does not fit kernels and band.",
         "make the kernels again"},
        {"D0407", "kernels too wide", "The band of the kernels exceeds that of the computation.",
         "kernels and image of one period"},
        {"D0408", "no closed transmission", "The exact discs need a plain, focused, circular pupil.",
         "sample the source instead"},
        {"D0411", "contour beyond 32 bits", "A point does not fit signed 32-bit database units.", "a coarser unit"},
        {"D0412", "no contour step", "The step along a contour is a positive length.", "for example 1 nm"},
        {"D0413", "open contour", "Only closed curves have an inside.", "close the pattern inside its window"},
        {"D0414", "raster and optics do not fit", "The mask raster is too coarse, or spans another period.",
         "see the message for the size"},
        {"D0415", "rasters of different sizes", "Mask and target are compared pixel by pixel.",
         "give both the same size"},
        {"D0416", "no site pitch or reach", "Both are positive lengths.", "for example 10 nm and 40 nm"},
        {"D0417", "a cut without length", "A cut has two different end points.", "move one of them"},
        {"D0418", "impossible mask rule", "Rules are positive lengths or 0; areas and counts are not negative.",
         "0 switches a rule off"},
        {"D0419", "mask rule below the database unit", "No shape on this grid can break it.",
         "raise the rule, or a finer unit"},
        {"D0409", "unknown preset", "No scanner class has this name.", "damascene presets list"},
        {"D0410", "gas collisions matter",
         "The mean free path is less than ten openings: a ballistic model does not hold.",
         "a lower pressure, a model with diffusion, or assume_ballistic = true for a bound"},
        {"D0426", "a list that does not rise", "Foci and doses of a matrix rise, each given once.",
         "sort the list; or write LOW .. HIGH, COUNT"},
        {"D0427", "impossible exposure latitude", "(E2 - E1) / E_c of a window lies between 0 and 200 %.", "5 %"},
        {"D0428", "too few foci", "Curvature through focus needs three foci at least.",
         "focus = \"-80 nm .. 80 nm, 9\""},
        {"D0430", "damaged surface mesh", "A triangle without area, an open edge, or a number that is not finite.",
         "repair the mesh; the message names the first bad triangle"},
        {"D0431", "impossible box of a ray computation", "The box has no extent, or its walls are open.",
         "mirror or periodic walls around the mesh"},
        {"D0432", "impossible shape for rays",
         "A revolved section needs a multiple of eight facets, an extruded one a depth.", "see the message"},
        {"D0440", "tilted beam on a round feature", "A tilted beam has no axial symmetry.", "tilt 0, or a trench"},
        {"D0701", "unbalanced reaction", "The two sides hold different numbers of atoms of an element.",
         "correct the coefficients"},
        {"D0702", "not a formula", "Formulas are written like Si(OC2H5)4 + 24 O -> SiO2 + 8 CO2 + 10 H2O.",
         "see the marked place"},
        {"D0703", "damaged yield or energy table", "Energies and angles increase, values are not negative.",
         "correct the named row"},
        {"D0502", "film and flux disagree (warning)",
         "The volume between the surfaces differs from what arrived by more than 0.1 %.", "a finer grid"},
        {"D0503", "a computation gave no usable number", "An iteration diverged, or a surface left its domain.",
         "change the step, then --resume: finished steps are kept"},
        {"D0450", "fewer gauges than parameters",
         "Gauges that are not held out, and priors, must be at least as many as free parameters.",
         "measure more gauges, free fewer parameters, or give priors"},
        {"D0451", "bounds or prior of a free parameter",
         "The start must lie inside the bounds; a prior has a positive sigma.", "low <= start <= high"},
        {"D0452", "a measurement without sigma", "Residuals count in units of sigma; zero would mean infinite trust.",
         "give the standard deviation, or remove the column sigma to estimate one for all"},
        {"D0453", "a gauge does not print at any start", "A size exists only where the cut crosses a printed feature.",
         "start nearer, narrow the bounds, or leave the gauge out"},
        {"D0454", "impossible gauge of a compact model",
         "It names no mask, its dose is not positive, or optics are free "
         "on a source that is refined once.",
         "see docs/theory/calibration.md"},
        {"D0455", "no anchor", "The gauges have a column 'anchor', but no gauge is one.",
         "write yes for one gauge, or remove the column"},
        {"D0456", "this parameter cannot be free", "Free parameters are named by their recipe path.",
         "see 'damascene models show fit'"},
        {"D0457", "gauges without a layout", "A cut lies on the shapes of [layout].",
         "add [layout], or give the gauges kind, pitch and width"},
        {"D0501", "not converged (warning)", "An iteration ended at its cap before its stop criterion.",
         "more iterations; see history.csv"},
        {"D0601", "memory limit", "The declared buffers of a step are above --max-memory.",
         "a smaller window or halo, or a higher limit"},
        {"D0602", "result folder exists", "Results are never overwritten silently.",
         "--resume to finish it, or -o another folder"},
        {"D0603", "a result cannot be written", "Disk full or not permitted; finished steps are kept.",
         "free space, then --resume"},
        {"D0604", "inputs changed", "The recipe or an input differs from the recorded run.",
         "restore the input, or run anew"},
        {"D0605", "damaged stored result (warning)", "A stored blob does not carry its own hash.",
         "nothing: the step is computed again"},
        {"D0606", "time limit", "The run took longer than --max-time; finished steps are kept.",
         "--resume with a higher limit"},
        {"D0607", "cluster lost", "The scheduler or too many workers ended; what they finished is in the store.",
         "start it again and run with resume"},
        {"D0901", "report too large", "The report is larger than --max-size.", "raise --max-size"},
        {"D0902", "port not free", "Another program listens on the port that --port names.", "another --port, or none"},
        {"D0801", "internal error", "A defect of the program.", "report it with the recipe"},
    };
    return codes;
}

namespace {

struct Metric {
    std::string_view name, text;
};
constexpr Metric metrics[] = {
    {"l2",
     "L2: number of 1 nm pixels where the nominal print differs from the target [nm^2].\n  L2 = sum |Z_nominal - T|"},
    {"pvb",
     "PV band: number of 1 nm pixels where the outermost and innermost prints differ [nm^2].\n  PVB = sum |Z_outer - "
     "Z_inner|"},
    {"epe",
     "Edge placement error: distance from target edge to printed contour along the outward normal; + = printed outside "
     "[nm]."},
    {"epe_violations",
     "Number of edge sites whose error exceeds the limit: 15 px in the pixel-run convention of the 2013 contest "
     "codes."},
    {"nils",
     "Normalised image log slope: NILS = CD |d ln I / dx| at the edge, a pure number; above about 1.5 prints "
     "robustly."},
    {"cd",
     "Critical dimension: distance between the two threshold crossings that enclose the centre of the cut line [nm]."},
    {"exposure_latitude",
     "EL = (E_high - E_low) / E_centre for which the critical dimension stays within its tolerance, in best focus "
     "[%]. The print step states it against the nominal dose."},
    {"depth_of_focus",
     "Step process-window: focus extent of the deepest rectangle of dose and focus with the stated exposure latitude, "
     "inside which the critical dimension stays within its tolerance [nm]. Step print: the focus range at "
     "nominal dose."},
    {"best_focus", "Centre of that rectangle in focus [nm]."},
    {"best_dose", "Centre of that rectangle in dose, relative to nominal [%]."},
    {"isofocal_dose", "Dose at which the second derivative of CD by focus vanishes in best focus [%]."},
    {"meef", "Mask error enhancement: dCD_wafer / dCD_mask when every mask edge moves by half the change of CD (1x)."},
    {"k1", "k1 = CD NA / lambda; 0.25 is the limit of a half pitch."},
    {"shots", "Rectangles of a minimum partition: reflex vertices - independent chords - holes + 1 per component."},
    {"step_coverage",
     "Film at a named place over film on the open flat field: bottom centre, least side wall, half "
     "depth, top corner (overhang)."},
    {"void", "Gas region without a way to the sky: count, cross-section area (volume when round), top and bottom."},
    {"closure",
     "Time when the narrowest opening falls below the cut-off gap; closure.time_half_gap tells how much that "
     "choice matters."},
    {"mass_balance_error", "Volume between the surfaces against the flux that made it, relative."},
    {"settled_share",
     "Film that the scheme lost or gained and that was moved back, over the film; falls with the grid."},
    {"truncation_bound", "Certified bound of the kernels: 0 <= I - I_K <= lambda_(K+1) for masks with |t| <= 1."},
};

}  // namespace

std::string explain(const std::string& word) {
    for (const CodeEntry& entry : error_codes())
        if (entry.code == word)
            return std::string(entry.code) + ": " + std::string(entry.meaning) +
                   "\n  cause: " + std::string(entry.cause) + "\n  fix:   " + std::string(entry.fix) + "\n";
    for (const Metric& metric : metrics)
        if (metric.name == word) return std::string(metric.text) + "\n";
    std::string text;
    for (const std::string& catalogue : catalogues())
        for (const ModelInfo* model : models_in(catalogue)) {
            if (model->name == word) text += model_help(*model);
            for (const ParamSpec& spec : model->params) {
                const std::string full = std::string(model->name) + "." + std::string(spec.name);
                if (spec.name == word || full == word)
                    text += full + " (" + catalogue + "): " + std::string(spec.doc) + "\n  " + allowed_text(spec) +
                            (spec.default_text.empty() ? "" : "; default " + std::string(spec.default_text)) + "\n";
            }
        }
    return text;
}

}  // namespace damascene::flow
