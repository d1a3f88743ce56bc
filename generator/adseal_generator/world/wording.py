# SPDX-FileCopyrightText: 2026 Adseal contributors
# SPDX-License-Identifier: Apache-2.0
"""The words of captions: what scenes, things, colours and attributes are called.

Decides: which phrases mean what. No phrase of a scene speaks of a direction, a density, a time, a speed or a
colour, because those are claims of their own. Leaves out: how phrases become a caption (`captions`).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(phrase for part in text.split(";") if (phrase := " ".join(part.split())))


SCENE_WORDS: dict[str, tuple[str, ...]] = {
    "silk": _phrases("""silk; silk folds; flowing silk; draped satin; satin fabric; satin folds; velvet drapes;
        flowing cloth; silk fabric waves; billowing silk; a silk sheet; rippling satin; draped silk; soft satin; a
        velvet curtain; silky drapery; smooth silk"""),
    "liquid": _phrases("""liquid; flowing liquid; liquid waves; molten metal; melted chocolate; swirling paint;
        thick paint; glossy liquid; molten glass; liquid chrome; lava; flowing honey; syrup; poured paint; viscous
        fluid; oil; melted caramel; creamy liquid; fluid swirls"""),
    "bokeh": _phrases("""bokeh; soft bokeh lights; blurred lights; out of focus lights; glowing orbs; defocused
        lights; bokeh circles; blurry fairy lights; defocused city lights; circles of light; hazy light discs; bokeh
        background; christmas lights out of focus; twinkling blurred lights"""),
    "rays": _phrases("""light rays; light leaks; sunbeams; light beams; beams of light through haze; rays of light;
        god rays; spotlight beams; stage spotlights; shafts of light; volumetric light; crepuscular rays; light
        shafts; projector beams; sun rays through fog"""),
    "ink": _phrases("""ink in water; ink clouds; swirling ink; ink drops in water; dye in water; ink diffusing;
        plumes of ink; billowing ink; a drop of ink; pigment in water; watercolour clouds; ink plumes; paint clouds
        in water; dissolving pigment; coloured smoke under water"""),
    "ocean": _phrases("""ocean waves; a wide sea; rolling waves; a calm sea; the ocean; the sea; surf; sea waves;
        open water; a seascape; swell; waves on a beach; the shore; ocean surface; water; a lake; breaking waves; a
        tropical beach"""),
    "clouds": _phrases("""clouds; a sky full of clouds; a cloudscape; fluffy clouds; soft clouds; above the clouds;
        cumulus clouds; a sea of clouds; a cloudy sky; the sky; cotton clouds; flying through clouds; the heavens;
        cloud layers; puffy clouds"""),
    "mountains": _phrases("""mountains; mountain ridges; misty mountains; layered hills; alpine ridges; a misty
        valley; a mountain landscape; snowy peaks; mountain peaks; rolling hills; the alps; a mountain range; a
        canyon; cliffs; hills in the mist; a rugged landscape; a summit"""),
    "forest": _phrases("""a forest; trees; misty woods; pine trees; a woodland; tree trunks; fir trees; a pine
        forest; woods in the mist; a jungle; a forest path; tall trees; a grove; nature with trees; an enchanted
        forest; redwoods; birch trees"""),
    "rain": _phrases("""rain; raindrops; rain on a window; rainfall; a rain shower; drizzle; a rainy window; rain
        streaks; a downpour; wet glass with droplets; rain drops on glass; a rainstorm; water drops on a window;
        rainy weather; monsoon rain"""),
    "snow": _phrases("""snow; snowflakes; snowfall; a snowy scene; a winter scene; a blizzard; a snowstorm; winter
        snow; snow flurries; flakes of snow; a snowy winter; soft snow; a winter wonderland; frosty snowflakes;
        christmas snow"""),
    "sparks": _phrases("""sparks; glowing embers; glowing sparks; fire sparks; embers; fireflies; a campfire with
        embers; hot sparks; flying embers; welding sparks; a bonfire; glowing ash; fire; flames and embers; fiery
        sparks; sparkler sparks"""),
    "confetti": _phrases("""confetti; party confetti; paper confetti; a confetti burst; a celebration with confetti;
        party streamers and confetti; colourful confetti; confetti pieces; flower petals; rose petals; petals;
        celebration; foil confetti; new year confetti; a shower of petals"""),
    "particles": _phrases("""particles; glowing particles; floating particles; digital particles; a particle field;
        glitter; shimmering particles; sparkling particles; magic dust particles; glitter particles; data particles;
        particle waves; abstract particles; luminous dots; glittering dots; shimmer"""),
    "neon": _phrases("""neon lights; neon tubes; neon signs; a neon glow; neon lines; glowing neon; neon light
        tunnel; cyberpunk neon; fluorescent tubes; led strips; glowing tubes; retro neon; synthwave lights; laser
        lines; neon bars; a neon corridor"""),
    "skyline": _phrases("""a city skyline; a skyline; a futuristic city; a downtown skyline; city lights; an urban
        skyline with traffic; a futuristic city with flying cars; flying cars between glass towers; a metropolis; a
        cityscape; a modern city; a big city; a sci-fi city; a panorama of the city; manhattan; an urban panorama; a
        megacity; a futuristic skyline"""),
    "towers": _phrases("""skyscrapers; glass skyscrapers; office towers; high-rise buildings; a glass facade;
        skyscrapers seen from below; looking up at skyscrapers; corporate towers; modern architecture; tall
        buildings; a business district; glass office buildings; steel and glass towers; a skyscraper; building
        facades; a financial district"""),
    "road": _phrases("""a road; an open road; a highway; driving down a road; a country road; a street; an empty
        highway; a road trip; a desert highway; road to the horizon; a motorway; asphalt; a winding road; a drive on
        the highway; a racing track; a road through the landscape"""),
    "papercut": _phrases("""paper cut-out layers; papercut art; a papercut landscape; layered paper; paper art;
        paper craft; cut paper shapes; origami; a paper diorama; a pop-up book; paper-cut mountains; layered paper
        hills; paper collage; folded paper; kirigami; a paper sculpture"""),
    "geometric": _phrases("""geometric shapes; abstract geometry; circles and bars; discs and arcs; round shapes;
        a bauhaus pattern; geometric forms; half circles; abstract shapes; a geometric pattern; motion graphics;
        motion graphics shapes; circles; sliding bars; flat design shapes; modernist shapes"""),
    "ribbons": _phrases("""ribbons; flowing ribbons; curved ribbons; abstract bands; swirling ribbons; abstract
        curves; wavy bands; ribbon curves; curving stripes; a gift ribbon; twisting ribbons; wavy lines; abstract
        waves; smooth curves; gradient waves; paper ribbons"""),
    "marble": _phrases("""marble; a marble surface; marble texture; veined marble; a marble slab; marbled stone;
        polished marble; stone texture; carrara marble; a marble countertop; agate; veined stone; onyx stone;
        marbling; granite; quartz"""),
    "terrazzo": _phrases("""terrazzo; a terrazzo pattern; terrazzo floor; terrazzo texture; a terrazzo surface;
        stone chips; speckled stone; venetian terrazzo; speckles; a mosaic of stone chips; a terrazzo wall; chips of
        stone; a memphis pattern; a speckled surface; terrazzo tiles"""),
    "fabric": _phrases("""woven fabric; linen; a textile; cotton fabric; linen cloth; knitted wool; a woven textile;
        denim; fabric texture; canvas; a flag; a waving flag; a curtain; linen curtains; a knitted sweater; textile
        in the wind; tweed"""),
    "splash": _phrases("""a splash; a water splash; a milk splash; splashing water; a crown splash; a splash of
        paint; splashing liquid; a juice splash; a splash of milk; liquid splashing; droplets splashing; a paint
        splash; an exploding splash; splashing juice; a splatter"""),
    "bubbles": _phrases("""bubbles; soap bubbles; champagne bubbles; bubbles in water; fizzy bubbles; carbonation;
        fizz; sparkling water; bubbles in a drink; foam bubbles; air bubbles; soda fizz; effervescence; floating
        bubbles; bubbles in beer; bath foam"""),
    "steam": _phrases("""steam; smoke; wisps of smoke; steam from hot coffee; vapour; swirling smoke; steam swirls;
        a plume of smoke; incense smoke; hot steam; steam over a hot meal; curling smoke; mist; vapor wisps; steam
        from a teapot; a smoke trail"""),
    "dust": _phrases("""dust; dust motes; floating dust; dust in the light; fine dust; dust particles in a beam;
        powder; dust in the air; airborne dust; pollen; a dusty haze; powder dust; dust specks; a powder cloud;
        talc; chalk dust; flour dust"""),
    "stars": _phrases("""stars; a galaxy; the cosmos; a starry sky; outer space; a nebula; the universe; the milky
        way; a star field; deep space; constellations; a space scene; the galaxy; planets and stars; astronomy;
        starlight; a cosmic nebula"""),
}  # fmt: skip

THING_WORDS: dict[str, tuple[str, ...]] = {
    "bottle": _phrases("""a bottle; a perfume bottle; a drink bottle; a glass bottle; a wine bottle; a serum bottle;
        a shampoo bottle; a water bottle; a fragrance flacon; a perfume; a lotion dispenser; a beer bottle; olive
        oil"""),
    "can": _phrases("""a can; a drink can; a soda can; a tin; a beer can; an energy drink; an aluminium can; a
        beverage can; a soft drink; a cola can"""),
    "box": _phrases("""a box; a gift box; a package; a cardboard box; a parcel; a carton; packaging; a present; a
        product box; a chocolate box; a cereal box"""),
    "jar": _phrases("""a jar; a cream jar; a cosmetic jar; a pot of cream; a jam jar; a face cream; a moisturiser; a
        candle jar; a honey jar; a skincare jar; a glass jar"""),
    "cup": _phrases("""a cup; a coffee cup; a mug; a tea cup; a paper cup; a cup of coffee; an espresso cup; a
        latte; a takeaway coffee; a cup of tea; a cappuccino"""),
    "phone": _phrases("""a phone; a smartphone; a mobile phone; a cell phone; an iphone; a handset; a phone screen;
        a mobile device; an android phone; a mobile app on a phone"""),
    "shoe": _phrases("""a shoe; a sneaker; a running shoe; a trainer; a sports shoe; a leather shoe; sneakers;
        footwear; a boot; a high heel; a basketball shoe"""),
    "watch": _phrases("""a watch; a wristwatch; a luxury watch; a smartwatch; a timepiece; a chronograph; a watch
        dial; a swiss watch; a dive watch; a fitness watch"""),
    "product": _phrases("""a product; the product; our product; a packshot; a product shot; a hero product; a new
        product; merchandise; a product on display"""),
}  # fmt: skip
PEDESTALS = _phrases("""on a pedestal; on a podium; on a plinth; in a studio; on a stage; on a table; on display; on
    a turntable; on a rock""")

# Colours with a place of their own in the colour cube, beside the names of the palette.
SHADES: dict[str, str] = {
    pair[8:]: pair[:7]
    for pair in _phrases("""#f7f7f5 white; #141414 black; #808080 grey; #808080 gray; #c0c4c8 silver; #f6f0dc ivory;
        #e3d3b4 beige; #d9c29c sand; #c9a57b tan; #7a4a2a brown; #5a3320 chocolate brown; #b87333 copper; #a9813f
        bronze; #a8442a rust; #c8653f terracotta; #6d1026 burgundy; #701c22 maroon; #c1122f crimson; #e5261f
        scarlet; #b0123f ruby; #e97a94 rose; #f2bfc0 blush; #f68a76 salmon; #fbbf98 peach; #f9b27c apricot; #f5a51c
        amber; #d5a021 mustard; #f6d32d yellow; #f6e75a lemon yellow; #ecd9ae champagne; #9fd42a lime; #7b7d33
        olive; #a3b18a sage; #a6e3c5 mint; #12935c emerald; #2aa67a jade; #22572f forest green; #35cfc3 turquoise;
        #3ad9dc aqua; #17c3dd cyan; #86c5ee sky blue; #a9d3f2 baby blue; #2a8af0 azure; #1f49b0 cobalt; #2f4fd0
        royal blue; #1b3fa0 sapphire; #3f2f93 indigo; #161c46 midnight blue; #8a4fd8 violet; #b9a4e6 lavender;
        #c8a8dc lilac; #6f2a5c plum; #b58bb0 mauve; #d61f8d magenta; #e6309a fuchsia; #fb4f9d hot pink; #5c6876
        slate; #3c4046 graphite; #2b2d30 anthracite; #efeae2 pearl; #8d7d70 taupe; #b5a878 khaki; #e0a899 rose gold;
        #2fdc6b neon green; #1f6f78 petrol; #f4efe6 off-white; #8b1e3f wine red; #c7e9b0 pistachio; #3b5f3a moss
        green""")
}  # fmt: skip

CAMERA_WORDS: dict[str, tuple[str, ...]] = {
    "static": _phrases("""static camera; locked camera; still camera; fixed camera; locked-off shot; tripod shot;
        static shot; the camera stays still; the camera does not move; fixed frame; no camera movement; a still
        frame"""),
    "push-in": _phrases("""push in; zoom in; dolly in; moving closer; the camera pushes in; camera moving forward;
        the camera moves forward; the camera dollies in; zooming in; flying forward; a push-in; forward tracking
        shot; the camera glides forward; the camera moves in on it; the camera approaches; dolly shot moving
        forward"""),
    "pull-out": _phrases("""pull out; pull back; zoom out; dolly out; moving away; the camera pulls back; zooming
        out; the camera pulls out; the camera moves backwards; camera retreating; dolly back; a pull-back reveal;
        the camera dollies out; backward tracking shot"""),
    "pan": _phrases("""pan {}; the camera pans {}; panning {}; camera pan to the {}; the camera glides {}; truck {};
        the camera trucks {}; tracking shot to the {}; camera moving {}; the camera moves to the {}; {}ward pan; the
        camera sweeps {}; the camera drifts {}; lateral camera move to the {}; the camera slides to the {}; the
        camera travels {}"""),
    "tilt": _phrases("""tilt {}; the camera tilts {}; camera tilting {}; tilting {}; the camera looks {}; camera
        tilt {}wards; a tilt {}; the view tilts {}"""),
    "crane-up": _phrases("""crane up; crane shot rising; aerial crane shot rising; the camera rises; the camera
        cranes up; rising drone shot; the camera lifts up; boom up; jib up; drone ascending; the camera climbs;
        aerial shot rising; the camera moves upwards"""),
    "crane-down": _phrases("""crane down; crane shot descending; the camera descends; the camera cranes down; boom
        down; descending drone shot; the camera lowers; jib down; drone descending; the camera sinks; aerial shot
        descending; the camera moves downwards"""),
    "orbit": _phrases("""orbit {}; the camera orbits {}; orbiting to the {}; the camera circles to the {}; circling
        {}; arc shot {}; the camera arcs {}; a {} orbit; the camera rotates around it to the {}; orbit shot to the
        {}; 360 move to the {}"""),
}  # fmt: skip
DIRECTION_WORDS: dict[str, tuple[str, ...]] = {
    "left": _phrases("""drifting left; gliding left; moving left; drift to the left; sliding left; flowing left;
        flowing from right to left; moving to the left; drifting leftwards; floating left; everything flows to the
        left; blowing left; streaming left"""),
    "right": _phrases("""drifting right; gliding right; moving right; drift to the right; sliding right; flowing
        right; flowing from left to right; moving to the right; drifting rightwards; floating right; everything
        flows to the right; blowing right; streaming right"""),
    "up": _phrases("""drifting up; moving up; rising; flowing upwards; floating up; drifting upwards; moving upward;
        rising up; going up; flowing up; everything rises; soaring upwards; ascending; flowing from bottom to
        top"""),
    "down": _phrases("""drifting down; moving down; falling; flowing downwards; floating down; drifting downwards;
        moving downward; raining down; coming down; flowing down; everything falls; dropping; descending; flowing
        from top to bottom; cascading; tumbling down"""),
}  # fmt: skip
SPEED_WORDS: dict[str, tuple[str, ...]] = {
    "slow": _phrases("""slow; gentle; calm; smooth; slow motion; in slow motion; unhurried; slow-paced; slow
        movement; leisurely; gentle movement; slo-mo; calm pace; serene; languid; peaceful; relaxed tempo"""),
    "fast": _phrases("""fast; quick; dynamic; energetic; lively; high-speed; rapid; fast-paced; fast movement;
        speedy; full of energy; swift; time-lapse; quick tempo; action-packed; explosive energy"""),
}  # fmt: skip
ADVERBS = {
    "slow": ("slowly", "gently", "smoothly", "softly"),
    "fast": ("quickly", "rapidly", "fast", "dynamically"),
}
MOOD_WORDS: dict[str, tuple[str, ...]] = {
    "dark": _phrases("""dark; moody; dramatic; low key; dark background; dark mood; dark and moody; noir; shadowy;
        dimly lit; mysterious; deep shadows; low-key lighting; dark atmosphere; brooding; gloomy; on black; dark
        tones"""),
    "bright": _phrases("""bright; airy; high key; fresh; bright background; bright mood; bright and airy; luminous;
        light and airy; cheerful; high-key lighting; brightly lit; bright atmosphere; sunny mood; optimistic;
        uplifting; on white; light tones; clean and bright"""),
}  # fmt: skip
TINT_WORDS = {"dark": ("deep", "dark", "rich"), "bright": ("pale", "light", "pastel", "bright")}
TIME_WORDS: dict[str, tuple[str, ...]] = {
    "sunrise": _phrases("""at sunrise; at dawn; sunrise; early morning; first light of day; at daybreak; morning
        light; dawn light; in the morning; at first light; dawn; with the sun rising"""),
    "day": _phrases("""by day; in daylight; at noon; midday; daytime; in broad daylight; in the afternoon; daylight;
        under a clear sky; on a sunny day; during the day; midday sun"""),
    "sunset": _phrases("""at sunset; golden hour; at dusk; sunset; with a low sun; in the evening light; at sundown;
        magic hour; under a low sun; with the sun setting; in the evening; dusk; twilight; under a sunset sky"""),
    "night": _phrases("""at night; by night; night; after dark; at midnight; moonlit; nighttime; under the moon;
        night mood; late at night; in the middle of the night; night scene"""),
}  # fmt: skip
LIGHT_WORDS = _phrases("""light from the {}; lit from the {}; side light from the {}; key light on the {}; light
    coming from the {}; light streaming in from the {}; {} side lighting; a light source on the {}; sunlight from
    the {}; illuminated from the {}""")
DENSITY_WORDS: dict[str, tuple[str, ...]] = {
    "sparse": _phrases("""sparse; just a few; scattered; only a handful; sparsely scattered; a few of them; few and
        far between; very few; minimal and sparse; isolated; loosely spread"""),
    "dense": _phrases("""dense; densely packed; crowded; abundant; countless; lots of them; packed; teeming; thick;
        many of them; masses of them; filling the frame; a multitude"""),
}  # fmt: skip
SUBJECT_WORDS: dict[str, tuple[str, ...]] = {
    "side": _phrases("""on the {}; placed on the {}; subject on the {}; {} of frame; positioned {} of centre; on the
        {} third; standing on the {}; off-centre to the {}; on the {} side of the frame"""),
    "centre": _phrases("""centred; in the middle; in the centre; centered composition; dead centre; centrally
        placed; in the center of the frame; centred in frame; placed in the middle"""),
}  # fmt: skip
SPACE_WORDS: dict[str, tuple[str, ...]] = {
    "top": _phrases("""empty space at the top; copy space at the top; clear space at the top; negative space at the
        top; calm empty area at the top; negative space at the top for copy; room for a headline at the top; space
        for text above; clean upper third; uncluttered upper part; room for the title above; headline space on top;
        space at the top for the logo; top third kept clear"""),
    "bottom": _phrases("""empty space at the bottom; copy space at the bottom; clear space at the bottom; negative
        space at the bottom; calm empty area at the bottom; negative space at the bottom for copy; room for a
        headline at the bottom; space for text below; clean lower third; uncluttered lower part; room for the call
        to action below; space at the bottom for the logo; bottom third kept clear"""),
}  # fmt: skip
FOCUS_WORDS: dict[str, tuple[str, ...]] = {
    "deep": _phrases("""everything in focus; deep focus; sharp throughout; crisp background; deep depth of field;
        everything sharp; sharp from front to back"""),
    "shallow": _phrases("""shallow depth of field; blurred background; soft background blur; shallow focus;
        background out of focus; background bokeh; defocused backdrop; creamy background blur; macro lens blur"""),
}  # fmt: skip
ACCENT_WORDS = _phrases("""with {} accents; with {} highlights; touches of {}; accents in {}; and {}; with a {}
    accent; with hints of {}; a pop of {}; {} details; with {} as accent colour; with {} lights; and a touch of
    {}""")
DECORATION = _phrases("""cinematic; elegant; premium; soft studio light; soft light; minimal; clean; high quality;
    seamless; modern; luxury; background; photorealistic; 4k; 8k; ultra hd; beautiful; stunning; professional; no
    text; no people; seamless loop; b-roll; commercial; advertising; sleek; stylish; abstract background; film look;
    detailed; artistic; sophisticated; high-end; vertical video; tv spot; brand film; atmospheric; dreamy; hypnotic;
    aesthetic""")
PURPOSES = _phrases("""a coffee brand; a bank; an airline; a skincare launch; a sneaker drop; our summer sale; a
    perfume; a tech startup; a jewellery shop; a hotel; a car maker; a wine bar; a fashion label; a mobile app; a
    festival; black friday; a spa; an insurance company; a chocolate maker; a museum; a gym; christmas; a law firm;
    a bakery; an energy drink; a watchmaker; a travel agency; a charity""")
NOTHING_NAMED = _phrases("""a background; a scene; an ad background; a video; a shot; a backdrop; an atmosphere; a
    clip; footage; a plate for type; a motion background; visuals""")


@cache
def fields() -> dict[str, tuple[str, ...]]:
    """For each family and product what else people say when they mean it: occasions, trades, materials, metaphors."""
    text = Path(__file__).with_name("fields.txt").read_text(encoding="utf-8")
    sections = re.findall(r"^\[(\w+)\]\n(.*?)(?=\n\n|\Z)", text, flags=re.DOTALL | re.MULTILINE)
    return {name: _phrases(body) for name, body in sections}
